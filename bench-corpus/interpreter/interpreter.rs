// ruchy 4.2.1, source XXH3 39193222160cf4d378fa055022bcee99
#[derive(Debug, Clone, PartialEq)]
enum Op {
    Push(i64),
    Load(usize),
    Store(usize),
    Add,
    Mul,
    Mod,
    Less,
    JumpIfZero(usize),
    Jump(usize),
    Halt,
}
#[derive(Clone)]
struct Machine {
    stack: Vec<i64>,
    slots: Vec<i64>,
    pc: usize,
    running: bool,
}
impl Machine {
    fn new(slots: usize) -> Machine {
        {
            Machine {
                stack: Vec::new(),
                slots: vec![0; slots],
                pc: 0,
                running: true,
            }
        }
    }
    fn push(&mut self, value: i64) {
        { self.stack.push(value) }
    }
    fn pop(&mut self) -> i64 {
        { self.stack.pop().unwrap() }
    }
    fn step(&mut self, op: &Op) {
        {
            self.pc += 1;
            match op {
                Op::Push(value) => self.push(*value),
                Op::Load(slot) => self.push(self.slots[*slot as usize].clone()),
                Op::Store(slot) => self.store(*slot),
                Op::Add => self.binary(move |a, b| a + b),
                Op::Mul => self.binary(move |a, b| a * b),
                Op::Mod => self.binary(move |a, b| a % b),
                Op::Less => self.binary(move |a, b| if a < b { 1 } else { 0 }),
                Op::JumpIfZero(target) => self.jump_if_zero(*target),
                Op::Jump(target) => self.jump(*target),
                Op::Halt => self.halt(),
            }
        }
    }
    fn store(&mut self, slot: usize) {
        {
            {
                let value = self.pop();
                self.slots[slot as usize] = value;
            }
        }
    }
    fn binary(&mut self, operation: fn(i64, i64) -> i64) {
        {
            {
                let b = self.pop();
                {
                    let a = self.pop();
                    self.push(operation(a, b))
                }
            }
        }
    }
    fn jump(&mut self, target: usize) {
        { self.pc = target }
    }
    fn jump_if_zero(&mut self, target: usize) {
        {
            if self.pop() == 0 {
                self.jump(target)
            }
        }
    }
    fn halt(&mut self) {
        { self.running = false }
    }
    fn run(&mut self, program: &Vec<Op>) {
        {
            while self.running {
                {
                    {
                        let pc = self.pc;
                        self.step(&program[pc as usize].clone())
                    }
                }
            }
        }
    }
}
fn sum_of_squares(limit: i64) -> Vec<Op> {
    vec![
        Op::Load(0), Op::Push(limit), Op::Less, Op::JumpIfZero(17), Op::Load(1),
        Op::Load(0), Op::Load(0), Op::Mul, Op::Add, Op::Push(1000007), Op::Mod,
        Op::Store(1), Op::Load(0), Op::Push(1), Op::Add, Op::Store(0), Op::Jump(0),
        Op::Halt
    ]
}
fn main() {
    {
        let program = sum_of_squares(1000000);
        {
            let mut machine = Machine::new(2);
            machine.run(&program);
            println!("sum of squares: {}", machine.slots[1 as usize].clone())
        }
    }
}
