#include <cstddef>
#include <iomanip>
#include <iostream>
#include <vector>

static double small(std::size_t k)
{
	return static_cast<double>(k) / 4.0;
}

class Matrix {
public:
	explicit Matrix(std::size_t n) : n(n)
	{
		cells.reserve(n * n);
	}

	Matrix(std::size_t n, std::size_t factor) : Matrix(n)
	{
		for (std::size_t i = 0; i < n; i++)
			for (std::size_t j = 0; j < n; j++)
				cells.push_back(small((i * factor + j * 7) % 11));
	}

	double dot(const Matrix &other, std::size_t row, std::size_t column) const
	{
		double sum = 0;

		for (std::size_t k = 0; k < n; k++)
			sum += cells[row * n + k] * other.cells[k * n + column];
		return sum;
	}

	Matrix multiply(const Matrix &other) const
	{
		Matrix product(n);

		for (std::size_t i = 0; i < n; i++)
			for (std::size_t j = 0; j < n; j++)
				product.cells.push_back(dot(other, i, j));
		return product;
	}

	double trace() const
	{
		double sum = 0;

		for (std::size_t i = 0; i < n; i++)
			sum += cells[i * n + i];
		return sum;
	}

private:
	std::size_t n;
	std::vector<double> cells;
};

int main()
{
	const Matrix a(400, 3), b(400, 5);

	std::cout << "trace " << std::fixed << std::setprecision(3) << a.multiply(b).trace() << '\n';
}
