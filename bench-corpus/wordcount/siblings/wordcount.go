package main

import (
	"fmt"
	"sort"
	"strings"
)

var syllables = [...]string{"ka", "lo", "mi", "ne", "ru", "sa", "to", "vi"}

func word(n uint64) string {
	var text strings.Builder
	for ; n > 0; n /= 8 {
		text.WriteString(syllables[n%8])
	}
	return text.String()
}

func makeText(words int) string {
	var text strings.Builder
	state := uint64(1)
	for i := 0; i < words; i++ {
		state = state * 48271 % 2147483647
		text.WriteString(word(state%97 + 1))
		text.WriteByte(' ')
	}
	return text.String()
}

func main() {
	seen := map[string]int{}
	for _, w := range strings.Fields(makeText(500000)) {
		seen[w]++
	}
	var lines []string
	for w, n := range seen {
		lines = append(lines, fmt.Sprintf("%s %d", w, n))
	}
	sort.Strings(lines)
	fmt.Println(strings.Join(lines, "\n"))
}
