#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

struct matrix {
	size_t n;
	double *cells;
};

static double small(size_t k)
{
	return (double)k / 4.0;
}

static struct matrix matrix_new(size_t n, size_t factor)
{
	struct matrix m = {n, malloc(n * n * sizeof(double))};

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			m.cells[i * n + j] = small((i * factor + j * 7) % 11);
	return m;
}

static double dot(const struct matrix *a, const struct matrix *b, size_t row, size_t column)
{
	double sum = 0;

	for (size_t k = 0; k < a->n; k++)
		sum += a->cells[row * a->n + k] * b->cells[k * a->n + column];
	return sum;
}

static struct matrix multiply(const struct matrix *a, const struct matrix *b)
{
	struct matrix m = {a->n, malloc(a->n * a->n * sizeof(double))};

	for (size_t i = 0; i < a->n; i++)
		for (size_t j = 0; j < a->n; j++)
			m.cells[i * a->n + j] = dot(a, b, i, j);
	return m;
}

int main(void)
{
	struct matrix a = matrix_new(400, 3), b = matrix_new(400, 5), c = multiply(&a, &b);
	double trace = 0;

	for (size_t i = 0; i < c.n; i++)
		trace += c.cells[i * c.n + i];
	printf("trace %.3f\n", trace);
	return 0;
}
