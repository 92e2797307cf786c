def step(n):
    return n // 2 if n % 2 == 0 else 3 * n + 1


def length(start):
    n = start
    steps = 0
    while n != 1:
        n = step(n)
        steps += 1
    return steps


def main():
    best = longest = 0
    for start in range(1, 1000000):
        steps = length(start)
        if steps > longest:
            longest = steps
            best = start
    print(f"{best} takes {longest} steps")


if __name__ == "__main__":
    main()
