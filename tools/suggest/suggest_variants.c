/* suggest_variants.c - the sets of flags that are tried. Each is added to the flags of the default, and wins over them. */
#include "suggest.h"

const char *const suggest_measure_names[] = {
    [SUGGEST_TIME] = "time", [SUGGEST_SIZE] = "size", [SUGGEST_MEMORY] = "memory", [SUGGEST_START] = "start"};

const char *const suggest_state_words[] = {
    [SUGGEST_TRIED] = "tried",	    [SUGGEST_ALREADY] = "already on", [SUGGEST_UNBUILT] = "does not build",
    [SUGGEST_DIFFERS] = "rejected", [SUGGEST_LATE] = "no time left",  [SUGGEST_UNTRIED] = "not tried"};

/* What nothing rests on comes first: when time runs out, the last ones are left out. */
/* clang-format off */
const struct suggest_variant suggest_variants[] = {
    {"opt-level-3", "opt-level", "-C opt-level=3", false, NULL},
    {"opt-level-2", "opt-level", "-C opt-level=2", false, NULL},
    {"opt-level-s", "opt-level", "-C opt-level=s", false, NULL},
    {"opt-level-z", "opt-level", "-C opt-level=z", false, NULL},
    {"lto-fat", "lto", "-C lto=fat", true, NULL},
    {"lto-thin", "lto", "-C lto=thin", true, NULL},
    {"codegen-units-1", "codegen-units", "-C codegen-units=1", false, NULL},
    {"codegen-units-16", "codegen-units", "-C codegen-units=16", false, NULL},
    {"relr", "relocations", "-C link-arg=-Wl,-z,pack-relative-relocs", false, "it needs glibc 2.36 or later where it runs"},
    {"panic-abort", "panic", "-C panic=abort", false, "no unwinding: a panic ends the process, without destructors; catch_unwind and join() catch nothing"},
    {"no-pie", "position", "-C relocation-model=static", false, "the program is always loaded at the same address (no ASLR for its code)"},
    {"static", "crt", "-C target-feature=+crt-static", false, "the C library is linked in: its fixes need a new build; no dlopen()"},
    {"cpu-v3", "target-cpu", "-C target-cpu=x86-64-v3", false, "it only runs on CPUs with AVX2, FMA and BMI (x86-64-v3)"},
    {"cpu-native", "target-cpu", "-C target-cpu=native", false, "it only runs on CPUs that have all that this machine's has"},
    {"lazy-binding", "relro", "-C relro-level=partial", false, "addresses of library functions stay writable while it runs"},
    {"fold-equal-code", "icf", "-C link-arg=-Wl,--icf=all", false, "functions with equal code get one address"},
    {"build-std", "build-std", NULL, false, "std compiled with the program's own flags needs a nightly compiler (-Z build-std)"},
    {0},
};
/* clang-format on */
