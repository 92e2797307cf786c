class Body {
    constructor(x, y, vx, vy, mass) {
        this.x = x;
        this.y = y;
        this.vx = vx;
        this.vy = vy;
        this.mass = mass;
    }
}

function length(x, y) {
    return Math.sqrt(x * x + y * y);
}

function attract(a, b, dt) {
    const dx = a.x - b.x;
    const dy = a.y - b.y;
    const d = length(dx, dy);
    const pull = dt / d / d / d;
    const ma = a.mass * pull;
    const mb = b.mass * pull;
    a.vx -= dx * mb;
    a.vy -= dy * mb;
    b.vx += dx * ma;
    b.vy += dy * ma;
}

function advance(bodies, dt) {
    for (let i = 0; i < bodies.length; i++) {
        for (let j = 0; j < i; j++) {
            attract(bodies[i], bodies[j], dt);
        }
    }
    for (const body of bodies) {
        body.x += dt * body.vx;
        body.y += dt * body.vy;
    }
}

function energy(bodies) {
    let total = 0.0;
    for (let i = 0; i < bodies.length; i++) {
        const a = bodies[i];
        const speed = length(a.vx, a.vy);
        total += 0.5 * a.mass * speed * speed;
        for (let j = 0; j < i; j++) {
            const b = bodies[j];
            total -= (a.mass * b.mass) / length(a.x - b.x, a.y - b.y);
        }
    }
    return total;
}

const bodies = [new Body(0, 0, 0, 0, 1000), new Body(10, 0, 0, 10, 1), new Body(0, 20, -7, 0, 2),
    new Body(-35, 0, 0, -5.3, 0.5), new Body(0, -50, 4.5, 0, 3)];
console.log(`before ${energy(bodies)}`);
let steps = 0;
for (; steps < 1000000; steps++) {
    advance(bodies, 0.001);
}
console.log(`after ${steps} steps ${energy(bodies)}`);
