// ruchy 4.2.1, source XXH3 1c8ae07beed3b07be1374d4e22deeab7
#[derive(Clone)]
struct System {
    x: Vec<f64>,
    y: Vec<f64>,
    vx: Vec<f64>,
    vy: Vec<f64>,
    mass: Vec<f64>,
}
impl System {
    fn new() -> System {
        {
            System {
                x: Vec::new(),
                y: Vec::new(),
                vx: Vec::new(),
                vy: Vec::new(),
                mass: Vec::new(),
            }
        }
    }
    fn place(&mut self, x: f64, y: f64, vx: f64, vy: f64, mass: f64) {
        {
            self.x.push(x);
            self.y.push(y);
            self.vx.push(vx);
            self.vy.push(vy);
            self.mass.push(mass)
        }
    }
    fn attract(&mut self, i: usize, j: usize, dt: f64) {
        {
            {
                let dx = self.x[i as usize].clone() - self.x[j as usize].clone();
                {
                    let dy = self.y[i as usize].clone() - self.y[j as usize].clone();
                    {
                        let d = length(dx, dy);
                        {
                            let pull = dt / d / d / d;
                            {
                                let mi = self.mass[i as usize].clone() * pull;
                                {
                                    let mj = self.mass[j as usize].clone() * pull;
                                    {
                                        self.vx[i as usize] = self.vx[i as usize].clone() - dx * mj;
                                        self.vy[i as usize] = self.vy[i as usize].clone() - dy * mj;
                                        self.vx[j as usize] = self.vx[j as usize].clone() + dx * mi;
                                        self.vy[j as usize] = self.vy[j as usize].clone() + dy * mi;
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
    fn drift(&mut self, i: usize, dt: f64) {
        {
            self.x[i as usize] = self.x[i as usize].clone()
                + dt * self.vx[i as usize].clone();
            self.y[i as usize] = self.y[i as usize].clone()
                + dt * self.vy[i as usize].clone();
        }
    }
    fn advance(&mut self, dt: f64) {
        {
            {
                let n = self.x.len();
                {
                    for i in 0..n {
                        {
                            for j in 0..i {
                                { self.attract(i, j, dt) }
                            }
                        }
                    }
                    for i in 0..n {
                        { self.drift(i, dt) }
                    }
                }
            }
        }
    }
    fn energy(&self) -> f64 {
        {
            let mut total = 0f64;
            for i in 0..self.x.len() {
                {
                    {
                        let speed = length(
                            self.vx[i as usize].clone(),
                            self.vy[i as usize].clone(),
                        );
                        {
                            total
                                += 0.5f64 * self.mass[i as usize].clone() * speed * speed;
                            for j in 0..i {
                                {
                                    {
                                        let d = length(
                                            self.x[i as usize].clone() - self.x[j as usize].clone(),
                                            self.y[i as usize].clone() - self.y[j as usize].clone(),
                                        );
                                        total
                                            -= self.mass[i as usize].clone()
                                                * self.mass[j as usize].clone() / d;
                                    }
                                }
                            }
                        }
                    }
                }
            }
            total
        }
    }
}
fn length(x: f64, y: f64) -> f64 {
    {
        let square = x * x + y * y;
        square.sqrt()
    }
}
fn main() {
    let mut system = System::new();
    system.place(0f64, 0f64, 0f64, 0f64, 1000f64);
    system.place(10f64, 0f64, 0f64, 10f64, 1f64);
    system.place(0f64, 20f64, -7f64, 0f64, 2f64);
    system.place(-35f64, 0f64, 0f64, -5.3f64, 0.5f64);
    system.place(0f64, -50f64, 4.5f64, 0f64, 3f64);
    println!("before {}", system.energy());
    let mut steps = 0;
    while steps < 1000000 {
        {
            system.advance(0.001f64);
            steps += 1;
        }
    }
    println!("after {} steps {}", steps, system.energy());
}
