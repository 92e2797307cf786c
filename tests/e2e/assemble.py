#!/usr/bin/env python3
"""Make a program of a hand-instrumented one: assemble.py PROG.rs PRELUDE.rs > OUT.rs

PROG.rs says in comments what the hook would have found: `//: slots N functions M`, and its function table as lines
`//| fn 0 0 fn t 1 2 1 2 name` with blanks for tabs.
"""
import re
import sys

program = open(sys.argv[1], encoding="utf-8").read()
prelude = open(sys.argv[2], encoding="utf-8").read()
slots, functions = re.search(r"^//: slots (\d+) functions (\d+)$", program, re.M).groups()
table = "rprof-table 1\\n" + "".join(line.replace(" ", "\\t") + "\\n" for line in re.findall(r"^//\| (.*)$", program, re.M))
for old, new in (("SLOTS: u32 = 0", f"SLOTS: u32 = {slots}"), ("FUNCTIONS: u32 = 0", f"FUNCTIONS: u32 = {functions}"),
                 ('TABLE: &[u8] = b""', f'TABLE: &[u8] = b"{table}"')):
    line = re.compile(r"^( *const )" + re.escape(old) + ";$", re.M)
    prelude, found = line.subn(lambda m: m.group(1) + new + ";", prelude)
    if found != 1:
        sys.exit(f"the prelude has the line `const {old};` {found} times")
sys.stdout.write(program + prelude)
