package main

import "fmt"

type matrix struct {
	n     int
	cells []float64
}

func small(k int) float64 {
	return float64(k) / 4.0
}

func newMatrix(n, factor int) *matrix {
	m := &matrix{n, make([]float64, 0, n*n)}
	for i := 0; i < n; i++ {
		for j := 0; j < n; j++ {
			m.cells = append(m.cells, small((i*factor+j*7)%11))
		}
	}
	return m
}

func (m *matrix) dot(other *matrix, row, column int) float64 {
	sum := 0.0
	for k := 0; k < m.n; k++ {
		sum += m.cells[row*m.n+k] * other.cells[k*m.n+column]
	}
	return sum
}

func (m *matrix) multiply(other *matrix) *matrix {
	product := &matrix{m.n, make([]float64, 0, m.n*m.n)}
	for i := 0; i < m.n; i++ {
		for j := 0; j < m.n; j++ {
			product.cells = append(product.cells, m.dot(other, i, j))
		}
	}
	return product
}

func (m *matrix) trace() float64 {
	sum := 0.0
	for i := 0; i < m.n; i++ {
		sum += m.cells[i*m.n+i]
	}
	return sum
}

func main() {
	a := newMatrix(400, 3)
	b := newMatrix(400, 5)
	fmt.Println("trace", a.multiply(b).trace())
}
