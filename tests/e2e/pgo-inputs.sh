#!/bin/sh
# 1,000 inputs through plain and optimised functions of the corpus. TAP.
exec python3 "$(dirname "$0")/pgo_inputs.py" < /dev/null
