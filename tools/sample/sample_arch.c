/* sample_arch.c - registers of the CPUs that the unwinder knows: perf's order and DWARF's. */
#include "sample_internal.h"

#define BIT(n) (UINT64_C(1) << (n))

#if defined(__x86_64__)
/* perf: ax bx cx dx si di bp sp ip flags, segments, r8..r15. DWARF: rax rdx rcx rbx rsi rdi rbp rsp r8..r15, return address. */
static const struct sample_arch arch = {
    .perf_mask = 0xff01ff,
    .perf_count = 17,
    .pc = 8,
    .dwarf_count = 16,
    .sp = 7,
    .return_column = 16,
    .position = {0, 3, 2, 1, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16},
    .callee_saved = BIT(3) | BIT(6) | BIT(12) | BIT(13) | BIT(14) | BIT(15),
    .address_mask = UINT64_MAX,
    .return_on_stack = true,
};
#elif defined(__aarch64__)
/* x0..x30, sp in both; perf's pc comes last. */
static const struct sample_arch arch = {
    .perf_mask = 0x1ffffffff,
    .perf_count = 33,
    .pc = 32,
    .dwarf_count = 32,
    .sp = 31,
    .return_column = 30,
    .position = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31},
    .callee_saved = BIT(19) | BIT(20) | BIT(21) | BIT(22) | BIT(23) | BIT(24) | BIT(25) | BIT(26) | BIT(27) | BIT(28) | BIT(29),
    .address_mask = BIT(48) - 1,
    .return_on_stack = false,
};
#endif

const struct sample_arch *sample_arch(void)
{
#if defined(__x86_64__) || defined(__aarch64__)
	return &arch;
#else
	return NULL;
#endif
}
