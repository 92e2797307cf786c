#include <iostream>

static int fibonacci(int n)
{
	return n <= 1 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

int main()
{
	std::cout << fibonacci(35) << '\n';
}
