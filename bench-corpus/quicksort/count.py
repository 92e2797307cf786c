# The same sort with a counter; takes some seconds.
values, state = [], 42
for _ in range(1000000):
    state = state * 48271 % 2147483647
    values.append(state)

sorts = splits = 0
todo = [(0, 999999)]
while todo:
    low, high = todo.pop()
    sorts += 1
    if low >= high:
        continue
    splits += 1
    middle = low + (high - low) // 2
    values[middle], values[high] = values[high], values[middle]
    pivot, store = values[high], low
    for i in range(low, high):
        if values[i] < pivot:
            values[i], values[store] = values[store], values[i]
            store += 1
    values[store], values[high] = values[high], values[store]
    todo += [(low, store - 1), (store + 1, high)]

assert values == sorted(values)
for name, calls in (("next_random", 1000000), ("fill", 1), ("divide", splits), ("quicksort", sorts), ("is_sorted", 1), ("main", 1)):
    print(name, calls, sep="\t")
