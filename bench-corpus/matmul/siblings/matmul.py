def small(k):
    return k / 4.0


class Matrix:
    def __init__(self, n, cells):
        self.n = n
        self.cells = cells

    @staticmethod
    def make(n, factor):
        return Matrix(n, [small((i * factor + j * 7) % 11) for i in range(n) for j in range(n)])

    def dot(self, other, row, column):
        total = 0.0
        for k in range(self.n):
            total += self.cells[row * self.n + k] * other.cells[k * self.n + column]
        return total

    def multiply(self, other):
        return Matrix(self.n, [self.dot(other, i, j) for i in range(self.n) for j in range(self.n)])

    def trace(self):
        total = 0.0
        for i in range(self.n):
            total += self.cells[i * self.n + i]
        return total


if __name__ == "__main__":
    a = Matrix.make(400, 3)
    b = Matrix.make(400, 5)
    print("trace", a.multiply(b).trace())
