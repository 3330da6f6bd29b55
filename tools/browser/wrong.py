"""Two runners for the browser tests: `wrong.py wrong RUNNER` and `wrong.py hostile RUNNER`.

Each starts the real runner, the last argument, and passes requests and replies on. The first one changes the text of some
programs, so that every kind of failure is in a report: strides that begin one item too late, other values, a crash. The
second one is right, but whatever a runner can put into a report as text tries to break out of it there.
"""

import json
import os
import signal
import subprocess
import sys

MODE, RUNNER = sys.argv[1], sys.argv[-1]

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "breakout.json")) as file:
    BREAKOUT = json.load(file)["text"]


def change(text):
    """The text of a step as the wrong runner runs it."""
    return text.replace("[::2]", "[1::2]").replace(".hex('-'", ".hex('+'").replace("== view[", "!= view[")


def steps(program, found):
    """Whether a step of a program has this text."""
    return any(found in step.get(key, "") for step in program["steps"] for key in ("text", "value"))


def wrong(program):
    if steps(program, ".toreadonly().toreadonly()"):
        sys.stderr.write("wrong.py: this program is not for me\n")
        sys.stderr.flush()
        os.kill(os.getpid(), signal.SIGSEGV)


def changed(request):
    for program in request.get("programs", ()):
        for step in program["steps"]:
            step.update((key, change(step[key])) for key in ("text", "value") if key in step)
    return request


def hostile(program, reply):
    """The reply to a program, with texts that try to break out. The smoke program has no `hostile` in it."""
    if not steps(program, "hostile"):
        return
    for step in reply["steps"]:
        if "raised" in step:
            step["raised"] = ["Error" + BREAKOUT, BREAKOUT]
        elif isinstance(step.get("value"), str):
            step["value"] = BREAKOUT
        if "printed" in step:
            step["printed"] = BREAKOUT
    if steps(program, "unsupported"):
        reply["steps"].pop()
        reply["unsupported"] = BREAKOUT
    if steps(program, "crash"):
        sys.stderr.write(BREAKOUT + "\n")
        sys.stderr.flush()
        os.kill(os.getpid(), signal.SIGSEGV)


def main():
    real = subprocess.Popen([sys.executable, RUNNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    for line in sys.stdin.buffer:
        request = json.loads(line)
        sent = changed(json.loads(line)) if MODE == "wrong" else request
        real.stdin.write(json.dumps(sent).encode() + b"\n")
        real.stdin.flush()
        for program in request.get("programs", [None]):
            if program and MODE == "wrong":
                wrong(program)
            reply = json.loads(real.stdout.readline())
            if MODE == "hostile" and program:
                hostile(program, reply)
            elif MODE == "hostile":
                reply["implementation"] = reply["implementation_version"] = BREAKOUT
            sys.stdout.write(json.dumps(reply) + "\n")
            sys.stdout.flush()
    real.stdin.close()
    real.wait()


main()
