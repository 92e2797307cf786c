# cross_out runs once for each prime whose square is within the limit.
from math import isqrt


def is_prime(n):
    return n > 1 and all(n % d for d in range(2, isqrt(n) + 1))


limits = [1000, 100000, 20000000]
print("sieve", len(limits), sep="\t")
print("cross_out", sum(is_prime(n) for limit in limits for n in range(isqrt(limit) + 1)), sep="\t")
print("count", len(limits), sep="\t")
print("main\t1")
