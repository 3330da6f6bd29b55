"""Asks real Pythons what the snippets do, and writes down what they answer.

    python3 tools/snippets.py PYTHON...                   asks each PYTHON for the answers that the table has not
    python3 tools/snippets.py --again PYTHON...           asks for all answers anew
    python3 tools/snippets.py --only TEXT PYTHON...       only of snippets with that text in their name

PYTHON is the command of an interpreter, such as `python3.12`. The snippets are in
`harness/viewcheck/tests/snippets/*.py.txt`; a file begins with what it is about, and a snippet is

    == its-name
    v = memoryview(b'abc')
    v[0]
    -- 3.8.18 3.13.0
    gives 97

To add one, write its name and its code and run this: the answers are put behind it, those that are equal as one. To
change one, delete its answers first; those of interpreters that are not asked stay as they are. An answer has a line for
each line of what was printed, and then how it ended:

    prints TEXT
    gives VALUE               the value of the last statement, if that is an expression, as `ascii()` writes it
    of type NAME              its type, where one can't tell it from that
    raises TYPE: TEXT
    nothing                   neither a value nor an error

Each snippet runs in a process of its own, without warnings and with a fixed seed of hashes. Addresses are written as
`0x...`, and where a module was loaded from as `(...)`. Where an interpreter dies or takes too long there is no answer, and this says so and fails: such a snippet has no
place in the table, nor has one that does not answer the same each time.
"""

import argparse
import collections
import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile

SNIPPETS = pathlib.Path(__file__).resolve().parent.parent / "harness/viewcheck/tests/snippets"
SECONDS = 20

# Runs one snippet, in any Python since 3.8.
WORKER = r'''
import ast, contextlib, io, json, re, sys

PLAIN = {"NoneType", "bool", "int", "float", "complex", "str", "bytes", "bytearray", "tuple", "list", "slice",
         "ellipsis", "type", "memoryview", "array.array"}

def name(cls):
    return cls.__qualname__ if cls.__module__ == "builtins" else cls.__module__ + "." + cls.__qualname__

def mask(text):
    text = re.sub("^(cannot import name .* from '.*') [(].*[)]$", r"\1 (...)", text)
    return re.sub(" at 0x[0-9a-fA-F]+", " at 0x...", text)

def run(code, names):
    tree = ast.parse(code)
    if not (tree.body and isinstance(tree.body[-1], ast.Expr)):
        exec(compile(tree, "<snippet>", "exec"), names)
        return ["nothing"]
    last = ast.Expression(tree.body.pop().value)
    exec(compile(tree, "<snippet>", "exec"), names)
    value = eval(compile(last, "<snippet>", "eval"), names)
    cls = name(type(value))
    return ["gives " + mask(ascii(value))] + ([] if cls in PLAIN else ["of type " + cls])

printed = io.StringIO()
with contextlib.redirect_stdout(printed):
    names = {"__name__": "__main__"}
    try:
        end = run(sys.stdin.read(), names)
    except Exception as error:
        end = ["raises " + name(type(error)) + (": " + mask(str(error)) if str(error) else "")]
lines = printed.getvalue().split("\n")
if lines.pop():
    sys.exit("what it prints does not end with a line")
answer = ["prints " + mask(line) for line in lines] + end
if any("\n" in line for line in answer):
    sys.exit("its answer is more than a line")
json.dump([line.rstrip() for line in answer], sys.stdout)
'''


class Snippet:
    def __init__(self, name):
        self.name = name
        self.code = []
        self.answers = {}

    def text(self):
        lines = ["== " + self.name, *self.code]
        versions = collections.defaultdict(list)
        for version in sorted(self.answers, key=lambda version: [int(part) for part in version.split(".")]):
            versions[self.answers[version]].append(version)
        for answer, equal in versions.items():
            lines += ["-- " + " ".join(equal), *answer]
        return "\n".join(lines) + "\n"


def read(path):
    """What a file is about, and its snippets."""
    about, snippets, answer = [], [], None
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            snippets.append(Snippet(line[3:].strip()))
            answer = None
        elif not snippets:
            about.append(line)
        elif line.startswith("-- "):
            answer = line[3:].split()
            snippets[-1].answers.update(dict.fromkeys(answer, ()))
        elif answer is None:
            snippets[-1].code.append(line)
        elif line.strip():
            for version in answer:
                snippets[-1].answers[version] += (line,)
    for snippet in snippets:
        while snippet.code and not snippet.code[-1].strip():
            snippet.code.pop()
    return "\n".join(about).strip() + "\n", snippets


def call(python, arguments, text, directory):
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run([python, "-W", "ignore", "-c", *arguments], input=text, timeout=SECONDS, env=environment,
                          capture_output=True, encoding="utf-8", cwd=directory)


def ask(python, snippet, directory):
    """What a Python answers, and else why it does not."""
    try:
        done = call(python, [WORKER], "\n".join(snippet.code) + "\n", directory)
    except subprocess.TimeoutExpired:
        return None, f"no answer in {SECONDS} seconds"
    if done.returncode != 0:
        why = done.stderr.strip().splitlines() or ["nothing said"]
        return None, f"exit status {done.returncode}: {why[-1]}"
    return tuple(json.loads(done.stdout)), None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pythons", metavar="PYTHON", nargs="+")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--only", metavar="TEXT", default="")
    options = parser.parse_args()

    files = {path: read(path) for path in sorted(SNIPPETS.glob("*.py.txt"))}
    snippets = [snippet for _, snippets in files.values() for snippet in snippets]
    twice = [name for name, count in collections.Counter(snippet.name for snippet in snippets).items() if count > 1]
    if twice:
        sys.exit("two snippets have one name: " + ", ".join(twice))

    failed = False
    with tempfile.TemporaryDirectory() as directory, concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for python in options.pythons:
            version = "import sys; print('.'.join(map(str, sys.version_info[:3])))"
            version = call(python, [version], "", directory).stdout.strip()
            asked = [snippet for snippet in snippets
                     if options.only in snippet.name and (options.again or version not in snippet.answers)]
            answers = pool.map(lambda snippet: ask(python, snippet, directory), asked)
            for snippet, (answer, problem) in zip(asked, answers):
                snippet.answers.pop(version, None)
                if problem:
                    failed = True
                    print(f"{snippet.name} on {version}: {problem}", file=sys.stderr)
                else:
                    snippet.answers[version] = answer
            print(f"{version}: {len(asked)} snippets", file=sys.stderr)

    for path, (about, snippets) in files.items():
        path.write_text("\n".join([about, *(snippet.text() for snippet in snippets)]), encoding="utf-8")
    sys.exit(failed)


if __name__ == "__main__":
    main()
