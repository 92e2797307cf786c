/* suggest_variants.c - flags that are tried, a row each. */
#include "suggest.h"

/* clang-format off */
const struct suggest_variant suggest_variants[] = {
    {"lto-fat", "-C lto=fat", "Optimise across crates (lto=fat)", NULL},
    {"panic-abort", "-C panic=abort", "End at a panic without unwinding (panic=abort)", "catch_unwind and Drop at a panic no longer work"},
    {"opt-level-s", "-C opt-level=s", "Optimise for size (opt-level=s)", NULL},
    {"opt-level-z", "-C opt-level=z", "Optimise for size before all (opt-level=z)", NULL},
    {"target-cpu", "-C target-cpu=native", "Use what this machine's CPU can do (target-cpu=native)", "runs only on CPUs like this one"},
    {"static", "-C target-feature=+crt-static -C relocation-model=static", "Link statically at a fixed address: no dynamic linker, no relocations",
     "name lookups of the C library (DNS) need its files at run time; no randomised addresses"},
    {"lazy-binding", "-C relro-level=partial -C link-arg=-Wl,-z,lazy", "Bind functions of libraries when they are first called (-z lazy)",
     "less hardening of the program's tables"},
    {0},
};
/* clang-format on */
