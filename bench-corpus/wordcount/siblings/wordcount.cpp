#include <algorithm>
#include <cstdint>
#include <iostream>
#include <sstream>
#include <string>
#include <unordered_map>
#include <vector>

static std::string word(std::uint64_t n)
{
	static const char *const syllables[] = {"ka", "lo", "mi", "ne", "ru", "sa", "to", "vi"};
	std::string text;

	for (; n > 0; n /= 8)
		text += syllables[n % 8];
	return text;
}

static std::string make_text(int words)
{
	std::string text;
	std::uint64_t state = 1;

	for (int i = 0; i < words; i++) {
		state = state * 48271 % 2147483647;
		text += word(state % 97 + 1);
		text += ' ';
	}
	return text;
}

int main()
{
	std::istringstream text(make_text(500000));
	std::unordered_map<std::string, long> seen;
	std::vector<std::string> lines;

	for (std::string w; text >> w;)
		seen[w]++;
	for (const auto &[w, n] : seen)
		lines.push_back(w + ' ' + std::to_string(n));
	std::sort(lines.begin(), lines.end());
	for (const auto &line : lines)
		std::cout << line << '\n';
}
