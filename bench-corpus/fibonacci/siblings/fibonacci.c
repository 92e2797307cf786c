#include <stdio.h>

static int fibonacci(int n)
{
	return n <= 1 ? n : fibonacci(n - 1) + fibonacci(n - 2);
}

int main(void)
{
	printf("%d\n", fibonacci(35));
	return 0;
}
