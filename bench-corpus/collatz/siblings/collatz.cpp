#include <cstdint>
#include <iostream>

static std::uint64_t step(std::uint64_t n)
{
	return n % 2 == 0 ? n / 2 : 3 * n + 1;
}

static std::uint64_t length(std::uint64_t start)
{
	std::uint64_t steps = 0;

	for (std::uint64_t n = start; n != 1; n = step(n))
		steps++;
	return steps;
}

int main()
{
	std::uint64_t best = 0, longest = 0;

	for (std::uint64_t start = 1; start < 1000000; start++) {
		const auto steps = length(start);

		if (steps > longest) {
			longest = steps;
			best = start;
		}
	}
	std::cout << best << " takes " << longest << " steps\n";
}
