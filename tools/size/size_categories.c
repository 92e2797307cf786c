/* A row each; the order is that of the report. */
#include "size.h"

const struct size_category_row size_categories[SIZE_CATEGORIES] = {
    [SIZE_STDLIB] = {"Rust stdlib", "stdlib", "std, core, alloc, compiler_builtins and the crates that std is made of"},
    [SIZE_RUNTIME] = {"Ruchy runtime", "runtime",
		      "what the transpiler put beside the user's functions, and the counters of an instrumented build"},
    [SIZE_USER] = {"User code", "user", "functions and statics of the user's own crate"},
    [SIZE_DEPENDENCY] = {"Dependencies", "dependencies", "other crates"},
    [SIZE_CLIB] = {"C code", "c", "functions that are not Rust's: the C library of static programs, start-up code, libgcc"},
    [SIZE_DEBUG] = {"Debug info", "debug", "sections for debuggers"},
    [SIZE_UNWIND] = {"Unwind tables", "unwind", "how to unwind the stack of each function, for panics and backtraces"},
    [SIZE_DYNAMIC] = {"Relocations", "relocations", "what the loader reads and fills in: relocations, PLT, GOT, dynamic section"},
    [SIZE_SYMBOLS] = {"Symbol tables", "symbols", "names of functions, for the loader and for debuggers"},
    [SIZE_HEADERS] = {"Headers, notes", "headers", "headers of the file, its segments and sections, notes"},
    [SIZE_CODE] = {"Unnamed code", "code", "code that no symbol names"},
    [SIZE_DATA] = {"Unowned data", "data", "data that no symbol names and that more than one part of the program may use"},
    [SIZE_OTHER] = {"Unattributed", "other", "bytes that no section holds, and sections of unknown purpose"},
    [SIZE_PADDING] = {"Padding/align", "padding", "fill between functions, objects, sections and pages"},
};
