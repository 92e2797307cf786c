package main

import (
	"fmt"
	"math"
)

type body struct {
	x, y, vx, vy, mass float64
}

func length(x, y float64) float64 {
	return math.Sqrt(x*x + y*y)
}

func attract(a, b *body, dt float64) {
	dx, dy := a.x-b.x, a.y-b.y
	d := length(dx, dy)
	pull := dt / d / d / d
	ma, mb := a.mass*pull, b.mass*pull
	a.vx -= dx * mb
	a.vy -= dy * mb
	b.vx += dx * ma
	b.vy += dy * ma
}

func advance(bodies []body, dt float64) {
	for i := range bodies {
		for j := 0; j < i; j++ {
			attract(&bodies[i], &bodies[j], dt)
		}
	}
	for i := range bodies {
		bodies[i].x += dt * bodies[i].vx
		bodies[i].y += dt * bodies[i].vy
	}
}

func energy(bodies []body) float64 {
	total := 0.0
	for i, a := range bodies {
		speed := length(a.vx, a.vy)
		total += 0.5 * a.mass * speed * speed
		for _, b := range bodies[:i] {
			total -= a.mass * b.mass / length(a.x-b.x, a.y-b.y)
		}
	}
	return total
}

func main() {
	bodies := []body{{0, 0, 0, 0, 1000}, {10, 0, 0, 10, 1}, {0, 20, -7, 0, 2}, {-35, 0, 0, -5.3, 0.5}, {0, -50, 4.5, 0, 3}}
	fmt.Println("before", energy(bodies))
	steps := 0
	for ; steps < 1000000; steps++ {
		advance(bodies, 0.001)
	}
	fmt.Println("after", steps, "steps", energy(bodies))
}
