# turn() is called where the pseudo-random number is a multiple of 3; everything else follows from the number of steps.
STEPS = 10000000
state, turns = 7, 0
for _ in range(STEPS):
    state = state * 48271 % 2147483647
    turns += state % 3 == 0
# Point::new: two for the walker, one in every add.
for name, calls in (("Point::new", STEPS + 2), ("Point::add", STEPS), ("Point::turn", turns), ("Point::distance", STEPS),
                    ("Walker::new", 1), ("Walker::forward", STEPS), ("Walker::walk", 1), ("main", 1)):
    print(name, calls, sep="\t")
