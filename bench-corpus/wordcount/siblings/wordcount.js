const syllables = ["ka", "lo", "mi", "ne", "ru", "sa", "to", "vi"];

function word(n) {
    let text = "";
    while (n > 0) {
        text += syllables[n % 8];
        n = Math.floor(n / 8);
    }
    return text;
}

function makeText(words) {
    let text = "";
    let state = 1;
    for (let i = 0; i < words; i++) {
        state = (state * 48271) % 2147483647; // below 2^53
        text += word((state % 97) + 1) + " ";
    }
    return text;
}

const seen = new Map();
for (const w of makeText(500000).split(/\s+/).filter(Boolean)) {
    seen.set(w, (seen.get(w) || 0) + 1);
}
const lines = Array.from(seen, ([w, n]) => `${w} ${n}`);
console.log(lines.sort().join("\n"));
