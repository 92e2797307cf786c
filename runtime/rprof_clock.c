/* rprof_clock.c - ticks: the CPU's counter where it runs at one rate on all CPUs, else the kernel's clock. */
#include "rprof_internal.h"

#include <stdatomic.h>
#include <time.h>

#if defined(__x86_64__)
#include <x86intrin.h>
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
#include <sys/platform/x86.h>
#else
#include <cpuid.h>
#endif

#define INLINE_CLOCK RPROF_CLOCK_TSC

/* Invariant TSC: the same rate in every power state. */
static bool inline_clock_fits(void)
{
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 33)
	/* glibc has asked the CPU already; under a hypervisor each further CPUID is a trap of many microseconds. */
	return CPU_FEATURE_PRESENT(INVARIANT_TSC);
#else
	unsigned a = 0, b = 0, c = 0, d = 0;
	__cpuid(0x80000000u, a, b, c, d);
	if (a < 0x80000007u)
		return false;
	__cpuid(0x80000007u, a, b, c, d);
	return (d & (1u << 8)) != 0;
#endif
}

static uint64_t inline_clock(void)
{
	return __rdtsc();
}

/* CPUID 15h traps under a hypervisor and is often empty; the measured quotient is at least as good. */
uint64_t rprof_clock_rate(void)
{
	return rprof_clock_kind() == RPROF_CLOCK_OS ? 1000000000u : 0;
}

#elif defined(__aarch64__)
#define INLINE_CLOCK RPROF_CLOCK_CNTVCT

static bool inline_clock_fits(void)
{
	return true; /* architected: one rate, readable by user programs under Linux */
}

static uint64_t inline_clock(void)
{
	uint64_t ticks;
	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
	return ticks;
}

uint64_t rprof_clock_rate(void)
{
	uint64_t rate;
	__asm__("mrs %0, cntfrq_el0" : "=r"(rate));
	return rate;
}

#else
#define INLINE_CLOCK RPROF_CLOCK_OS

static bool inline_clock_fits(void)
{
	return false;
}

static uint64_t inline_clock(void)
{
	return 0;
}

uint64_t rprof_clock_rate(void)
{
	return 1000000000u;
}
#endif

static uint64_t os_clock(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint32_t rprof_clock_kind(void)
{
	/* Two threads may look at once: they find the same. */
	static _Atomic uint32_t kind;
	uint32_t found = atomic_load_explicit(&kind, memory_order_relaxed);
	if (found == 0) {
		found = inline_clock_fits() ? INLINE_CLOCK : RPROF_CLOCK_OS;
		atomic_store_explicit(&kind, found, memory_order_relaxed);
	}
	return found;
}

int rprof_inline_clock(void)
{
	return rprof_clock_kind() != RPROF_CLOCK_OS;
}

uint64_t rprof_ticks(void)
{
	return rprof_inline_clock() ? inline_clock() : os_clock();
}

/* The tightest of a few tries: an interrupt between the two readings would spoil the rate. */
struct rprof_pair rprof_clock_pair(void)
{
	struct rprof_pair best = {0, 0};
	uint64_t shortest = UINT64_MAX;
	for (int i = 0; i < 4; i++) {
		uint64_t before = rprof_ticks();
		uint64_t ns = os_clock();
		uint64_t after = rprof_ticks();
		if (after >= before && after - before < shortest) {
			shortest = after - before;
			best = (struct rprof_pair){.ticks = before + shortest / 2, .ns = ns};
		}
	}
	return best;
}
