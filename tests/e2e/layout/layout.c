/* What rprof.h and rprof_raw.h say, in the words of layout.rs.in. */
#include "rprof.h"
#include "rprof_raw.h"

#include <stddef.h>
#include <stdio.h>

int main(void)
{
	printf("abi %u idle %llu off %llu none %u\n", RPROF_ABI, RPROF_IDLE, RPROF_OFF, RPROF_NO_FUNCTION);
#define P(field) offsetof(struct rprof_program, field)
	printf("program %zu abi %zu slots %zu functions %zu memory %zu table_size %zu table %zu spare %zu sites %zu\n",
	       sizeof(struct rprof_program), P(abi), P(slots), P(functions), P(memory), P(table_size), P(table), P(spare), P(sites));
#define T(field) offsetof(struct rprof_raw_thread, field)
	printf("thread %zu slots %zu functions %zu tid %zu alive %zu current %zu last %zu times_offset %zu heap_offset %zu records %zu "
	       "lives %zu clock_cost %zu counters %zu\n",
	       sizeof(struct rprof_raw_thread), T(slots), T(functions), T(tid), T(alive), T(current), T(last), T(times_offset),
	       T(heap_offset), T(records), T(lives), T(clock_cost), T(counters));
#define S(field) offsetof(struct rprof_time, field)
	printf("time %zu self %zu total %zu spans %zu start %zu\n", sizeof(struct rprof_time), S(self), S(total), S(spans), S(start));
#define H(field) offsetof(struct rprof_raw_heap, field)
	printf("heap %zu own %zu peak %zu next %zu low %zu owner %zu mark %zu others %zu top %zu snapshot %zu\n",
	       sizeof(struct rprof_raw_heap), H(own), H(peak), H(next), H(low), H(owner), H(mark), H(others), H(top), H(snapshot));
#define A(field) offsetof(struct rprof_alloc, field)
	printf("record %zu allocations %zu bytes %zu frees %zu freed_bytes %zu largest %zu reallocations %zu at_peak %zu reserved %zu\n",
	       sizeof(struct rprof_alloc), A(allocations), A(bytes), A(frees), A(freed_bytes), A(largest), A(reallocations), A(at_peak),
	       A(reserved));
#define L(field) offsetof(struct rprof_raw_lives, field)
	printf("lives %zu clock %zu soon %zu\n", sizeof(struct rprof_raw_lives), L(clock), L(soon));
#define E(field) offsetof(struct rprof_life, field)
	printf("life %zu ended %zu lifetime %zu soon %zu soon_bytes %zu elsewhere %zu moved %zu\n", sizeof(struct rprof_life), E(ended),
	       E(lifetime), E(soon), E(soon_bytes), E(elsewhere), E(moved));
	return 0;
}
