#include <cmath>
#include <cstddef>
#include <iomanip>
#include <iostream>
#include <vector>

struct Body {
	double x, y, vx, vy, mass;
};

static double length(double x, double y)
{
	return std::sqrt(x * x + y * y);
}

static void attract(Body &a, Body &b, double dt)
{
	const double dx = a.x - b.x, dy = a.y - b.y, d = length(dx, dy), pull = dt / d / d / d;
	const double ma = a.mass * pull, mb = b.mass * pull;

	a.vx -= dx * mb;
	a.vy -= dy * mb;
	b.vx += dx * ma;
	b.vy += dy * ma;
}

class System {
public:
	explicit System(std::vector<Body> bodies) : bodies(std::move(bodies))
	{
	}

	void advance(double dt)
	{
		for (std::size_t i = 0; i < bodies.size(); i++)
			for (std::size_t j = 0; j < i; j++)
				attract(bodies[i], bodies[j], dt);
		for (Body &body : bodies) {
			body.x += dt * body.vx;
			body.y += dt * body.vy;
		}
	}

	double energy() const
	{
		double total = 0;

		for (std::size_t i = 0; i < bodies.size(); i++) {
			const Body &a = bodies[i];
			const double speed = length(a.vx, a.vy);

			total += 0.5 * a.mass * speed * speed;
			for (std::size_t j = 0; j < i; j++)
				total -= a.mass * bodies[j].mass / length(a.x - bodies[j].x, a.y - bodies[j].y);
		}
		return total;
	}

private:
	std::vector<Body> bodies;
};

int main()
{
	System system({{0, 0, 0, 0, 1000}, {10, 0, 0, 10, 1}, {0, 20, -7, 0, 2}, {-35, 0, 0, -5.3, 0.5}, {0, -50, 4.5, 0, 3}});
	int steps = 0;

	std::cout << std::setprecision(17) << "before " << system.energy() << '\n';
	for (; steps < 1000000; steps++)
		system.advance(0.001);
	std::cout << "after " << steps << " steps " << system.energy() << '\n';
}
