#include <math.h>
#include <stdio.h>

#define N 5

static struct body {
	double x, y, vx, vy, mass;
} bodies[N] = {
    {0, 0, 0, 0, 1000}, {10, 0, 0, 10, 1}, {0, 20, -7, 0, 2}, {-35, 0, 0, -5.3, 0.5}, {0, -50, 4.5, 0, 3},
};

static double length(double x, double y)
{
	return sqrt(x * x + y * y);
}

static void attract(struct body *a, struct body *b, double dt)
{
	double dx = a->x - b->x, dy = a->y - b->y, d = length(dx, dy), pull = dt / d / d / d;
	double ma = a->mass * pull, mb = b->mass * pull;

	a->vx -= dx * mb;
	a->vy -= dy * mb;
	b->vx += dx * ma;
	b->vy += dy * ma;
}

static void advance(double dt)
{
	for (int i = 0; i < N; i++)
		for (int j = 0; j < i; j++)
			attract(&bodies[i], &bodies[j], dt);
	for (int i = 0; i < N; i++) {
		bodies[i].x += dt * bodies[i].vx;
		bodies[i].y += dt * bodies[i].vy;
	}
}

static double energy(void)
{
	double total = 0;

	for (int i = 0; i < N; i++) {
		double speed = length(bodies[i].vx, bodies[i].vy);

		total += 0.5 * bodies[i].mass * speed * speed;
		for (int j = 0; j < i; j++)
			total -= bodies[i].mass * bodies[j].mass / length(bodies[i].x - bodies[j].x, bodies[i].y - bodies[j].y);
	}
	return total;
}

int main(void)
{
	int steps = 0;

	printf("before %.17g\n", energy());
	for (; steps < 1000000; steps++)
		advance(0.001);
	printf("after %d steps %.17g\n", steps, energy());
	return 0;
}
