# any() stops at the first match, all() runs to the end if nothing fails.
values = [i * 48271 % 65537 for i in range(2000000)]
assert all(v < 65537 for v in values)
for name, calls in (("is_odd", len(values)), ("odd_squares", 1), ("odd_squares::{closure}", len(values)), ("odd_squares::{closure#2}", len(values)),
                    ("main", 1), ("main::{closure}", values.index(65536) + 1), ("main::{closure#2}", len(values))):
    print(name, calls, sep="\t")
