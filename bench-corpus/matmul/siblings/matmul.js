function small(k) {
    return k / 4.0;
}

class Matrix {
    constructor(n, cells) {
        this.n = n;
        this.cells = cells;
    }

    static make(n, factor) {
        const cells = [];
        for (let i = 0; i < n; i++) {
            for (let j = 0; j < n; j++) {
                cells.push(small((i * factor + j * 7) % 11));
            }
        }
        return new Matrix(n, cells);
    }

    dot(other, row, column) {
        let sum = 0.0;
        for (let k = 0; k < this.n; k++) {
            sum += this.cells[row * this.n + k] * other.cells[k * this.n + column];
        }
        return sum;
    }

    multiply(other) {
        const cells = [];
        for (let i = 0; i < this.n; i++) {
            for (let j = 0; j < this.n; j++) {
                cells.push(this.dot(other, i, j));
            }
        }
        return new Matrix(this.n, cells);
    }

    trace() {
        let sum = 0.0;
        for (let i = 0; i < this.n; i++) {
            sum += this.cells[i * this.n + i];
        }
        return sum;
    }
}

const a = Matrix.make(400, 3);
const b = Matrix.make(400, 5);
console.log(`trace ${a.multiply(b).trace()}`);
