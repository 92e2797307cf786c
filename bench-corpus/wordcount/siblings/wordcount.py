SYLLABLES = ["ka", "lo", "mi", "ne", "ru", "sa", "to", "vi"]


def word(n):
    text = ""
    while n > 0:
        text += SYLLABLES[n % 8]
        n //= 8
    return text


def make_text(words):
    parts = []
    state = 1
    for _ in range(words):
        state = state * 48271 % 2147483647
        parts.append(word(state % 97 + 1))
    return " ".join(parts)


def tally(text):
    seen = {}
    for w in text.split():
        seen[w] = seen.get(w, 0) + 1
    return seen


if __name__ == "__main__":
    print("\n".join(sorted(f"{w} {n}" for w, n in tally(make_text(500000)).items())))
