struct Body {
    x: f64,
    y: f64,
    vx: f64,
    vy: f64,
    mass: f64,
}

fn length(x: f64, y: f64) -> f64 {
    (x * x + y * y).sqrt()
}

fn attract(a: &mut Body, b: &mut Body, dt: f64) {
    let (dx, dy) = (a.x - b.x, a.y - b.y);
    let d = length(dx, dy);
    let pull = dt / d / d / d;
    let (ma, mb) = (a.mass * pull, b.mass * pull);
    a.vx -= dx * mb;
    a.vy -= dy * mb;
    b.vx += dx * ma;
    b.vy += dy * ma;
}

fn advance(bodies: &mut [Body], dt: f64) {
    for i in 0..bodies.len() {
        let (before, rest) = bodies.split_at_mut(i);
        for other in before {
            attract(&mut rest[0], other, dt);
        }
    }
    for body in bodies {
        body.x += dt * body.vx;
        body.y += dt * body.vy;
    }
}

fn energy(bodies: &[Body]) -> f64 {
    let mut total = 0.0;
    for (i, a) in bodies.iter().enumerate() {
        let speed = length(a.vx, a.vy);
        total += 0.5 * a.mass * speed * speed;
        for b in &bodies[..i] {
            total -= a.mass * b.mass / length(a.x - b.x, a.y - b.y);
        }
    }
    total
}

fn main() {
    let place = |x, y, vx, vy, mass| Body { x, y, vx, vy, mass };
    let mut bodies = [
        place(0.0, 0.0, 0.0, 0.0, 1000.0),
        place(10.0, 0.0, 0.0, 10.0, 1.0),
        place(0.0, 20.0, -7.0, 0.0, 2.0),
        place(-35.0, 0.0, 0.0, -5.3, 0.5),
        place(0.0, -50.0, 4.5, 0.0, 3.0),
    ];
    println!("before {}", energy(&bodies));
    let mut steps = 0;
    while steps < 1_000_000 {
        advance(&mut bodies, 0.001);
        steps += 1;
    }
    println!("after {} steps {}", steps, energy(&bodies));
}
