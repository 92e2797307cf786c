# One line of the input is tokenized with counters: every line costs the same, since each ends in a blank and starts with a letter.
LINES = 50000
LINE = "let total_sum = (first + 42) * second_value - 1000 / x; "
calls = dict.fromkeys(
    ["Tokenizer::new", "Tokenizer::peek", "Tokenizer::skip_blanks", "Tokenizer::number", "Tokenizer::name", "Tokenizer::next",
     "is_digit", "is_letter", "tally", "main"], 0)


def digit(c):
    calls["is_digit"] += 1
    return "0" <= c <= "9"


def letter(c):
    calls["is_letter"] += 1
    return "a" <= c <= "z" or c == "_"


def next_token(text, at):
    """Position after the next token, None at the end of the text."""
    def peek():
        calls["Tokenizer::peek"] += 1
        return text[at] if at < len(text) else ""

    calls["Tokenizer::next"] += 1
    calls["Tokenizer::skip_blanks"] += 1
    while peek() == " ":
        at += 1
    c = peek()
    if c == "":
        return None
    calls["tally"] += 1
    if digit(c):
        calls["Tokenizer::number"] += 1
        while digit(peek()):
            peek()
            at += 1
    elif letter(c):
        calls["Tokenizer::name"] += 1
        while letter(peek()):
            peek()
            at += 1
    else:
        at += 1
    return at


def count(text):
    for name in calls:
        calls[name] = 0
    at = 0
    while at is not None:
        at = next_token(text, at)
    return dict(calls)


# The last line ends the text in place of going on, so take it together with the end: count(1 line) + (LINES - 1) * one line more.
one, two, three = (count(LINE * n) for n in (1, 2, 3))
more = {name: two[name] - one[name] for name in calls}
assert all(three[name] == one[name] + 2 * more[name] for name in calls)
total = {name: one[name] + (LINES - 1) * more[name] for name in calls}
total["Tokenizer::new"] = total["main"] = 1
for name, n in total.items():
    print(name, n, sep="\t")
