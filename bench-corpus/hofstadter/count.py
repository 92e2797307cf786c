# The same recursion over memoized pairs (value, calls of female, calls of male).
from functools import cache


@cache
def female(n):
    if n == 0:
        return 1, 1, 0
    v, f, m = female(n - 1)
    w, g, o = male(v)
    return n - w, 1 + f + g, m + o


@cache
def male(n):
    if n == 0:
        return 0, 0, 1
    v, f, m = male(n - 1)
    w, g, o = female(v)
    return n - w, f + g, 1 + m + o


rows = [step(n) for n in range(100) for step in (female, male)]
print("female", sum(f for _, f, _ in rows), sep="\t")
print("male", sum(m for _, _, m in rows), sep="\t")
print("main\t1")
