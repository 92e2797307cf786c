#include "demangle_name.h"

#include <libiberty/demangle.h>

char *demangle_rust(const char *symbol)
{
	return rust_demangle(symbol, 0);
}

char *demangle_cpp(const char *symbol)
{
	return cplus_demangle_v3(symbol, DMGL_PARAMS | DMGL_ANSI);
}
