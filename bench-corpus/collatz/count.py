# Lengths of the sequences, each taken from a smaller start where the sequence falls below its own.
lengths = [0, 0]
for start in range(2, 1000000):
    n, steps = start, 0
    while n >= start:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    lengths.append(steps + lengths[n])

print("step", sum(lengths), sep="\t")
print("length", len(lengths) - 1, sep="\t")
print("main\t1")
