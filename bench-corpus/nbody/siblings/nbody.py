from math import sqrt


class Body:
    def __init__(self, x, y, vx, vy, mass):
        self.x, self.y, self.vx, self.vy, self.mass = x, y, vx, vy, mass


def length(x, y):
    return sqrt(x * x + y * y)


def attract(a, b, dt):
    dx = a.x - b.x
    dy = a.y - b.y
    d = length(dx, dy)
    pull = dt / d / d / d
    ma = a.mass * pull
    mb = b.mass * pull
    a.vx -= dx * mb
    a.vy -= dy * mb
    b.vx += dx * ma
    b.vy += dy * ma


def advance(bodies, dt):
    for i, a in enumerate(bodies):
        for j in range(i):
            attract(a, bodies[j], dt)
    for body in bodies:
        body.x += dt * body.vx
        body.y += dt * body.vy


def energy(bodies):
    total = 0.0
    for i, a in enumerate(bodies):
        speed = length(a.vx, a.vy)
        total += 0.5 * a.mass * speed * speed
        for b in bodies[:i]:
            total -= a.mass * b.mass / length(a.x - b.x, a.y - b.y)
    return total


def main():
    bodies = [Body(0.0, 0.0, 0.0, 0.0, 1000.0), Body(10.0, 0.0, 0.0, 10.0, 1.0), Body(0.0, 20.0, -7.0, 0.0, 2.0),
              Body(-35.0, 0.0, 0.0, -5.3, 0.5), Body(0.0, -50.0, 4.5, 0.0, 3.0)]
    print("before", energy(bodies))
    steps = 0
    while steps < 1000000:
        advance(bodies, 0.001)
        steps += 1
    print("after", steps, "steps", energy(bodies))


if __name__ == "__main__":
    main()
