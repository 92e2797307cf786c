package main

import "fmt"

func step(n uint64) uint64 {
	if n%2 == 0 {
		return n / 2
	}
	return 3*n + 1
}

func length(start uint64) uint64 {
	var steps uint64
	for n := start; n != 1; n = step(n) {
		steps++
	}
	return steps
}

func main() {
	var best, longest uint64
	for start := uint64(1); start < 1000000; start++ {
		if steps := length(start); steps > longest {
			longest = steps
			best = start
		}
	}
	fmt.Printf("%d takes %d steps\n", best, longest)
}
