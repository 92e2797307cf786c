/* demangle_name.h - names of Rust (both schemes) and C++ functions; apart from the rest because libiberty has an xrealloc() of its own. */
#ifndef DEMANGLE_NAME_H
#define DEMANGLE_NAME_H

/* NULL: not such a name, or one whose text would be longer than 64 KiB. The caller frees. */
char *demangle_rust(const char *symbol);
char *demangle_cpp(const char *symbol);

#endif
