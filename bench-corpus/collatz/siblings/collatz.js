// No number on the way passes 2^53.
function step(n) {
    return n % 2 === 0 ? n / 2 : 3 * n + 1;
}

function length(start) {
    let steps = 0;
    for (let n = start; n !== 1; n = step(n)) {
        steps++;
    }
    return steps;
}

let best = 0;
let longest = 0;
for (let start = 1; start < 1000000; start++) {
    const steps = length(start);
    if (steps > longest) {
        longest = steps;
        best = start;
    }
}
console.log(`${best} takes ${longest} steps`);
