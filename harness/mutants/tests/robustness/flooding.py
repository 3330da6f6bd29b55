"""The runner that goes wrong, at the first generated program that calls `hex` instead of at programs with a marker."""

import os
import sys

runner = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "runner.py")
with open(runner) as file:
    source = file.read()
source = source.replace('MARKER = "marker"', 'MARKER = ".hex("', 1)
source = source.replace("if MARKER in json.dumps(program):", "if MARKER in json.dumps(program) and note('marks', 1) == 1:", 1)
exec(compile(source, runner, "exec"))
