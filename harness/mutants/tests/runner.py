"""A runner that goes wrong as its first argument says, and is the real one in everything else.

Its second argument is a folder, where it notes its processes and the paths that it was given; the last one is the path of
the real runner. Most of what it does wrong it does at programs with the text `marker`.
"""

import json
import os
import signal
import subprocess
import sys
import time

MODE, FOLDER, PATH = sys.argv[1], sys.argv[2], sys.argv[-1]
MARKER = "marker"


def note(name, text):
    """Adds a line to a file of the folder. Gives how many lines it has then."""
    with open(os.path.join(FOLDER, name), "a") as file:
        file.write("%s\n" % text)
    with open(os.path.join(FOLDER, name)) as file:
        return len(file.readlines())


def say(text):
    text = text.encode()
    try:
        while text:
            text = text[os.write(1, text):]
    except BrokenPipeError:
        # viewcheck listens no more, and is about to end this process. Its last words are to be its own.
        time.sleep(60)


def complain(text):
    os.write(2, text.encode() + b"\n")


def die(how):
    os.kill(os.getpid(), how)
    time.sleep(60)


def leave_child():
    """Starts a process that holds the pipes of this one."""
    child = subprocess.Popen(["sleep", "300"])
    note("processes", child.pid)


def before_probe():
    start = note("starts", MODE)
    if MODE == "no start":
        complain("first line\nno start today")
        os._exit(3)
    if MODE == "no second start" and start > 1:
        complain("no second start")
        os._exit(3)
    if MODE == "hangs at the second start" and start > 1:
        time.sleep(60)
    if MODE == "another Python at the second start" and start > 1:
        return {"implementation": "other"}
    if MODE == "no implementation":
        return {"implementation": ""}
    if MODE in ("a subset", "a small subset"):
        return {"implementation": "micropython"}
    if MODE == "in other words":
        return {"implementation": "other", "implementation_version": "1.0"}
    if MODE == "old":
        return {"version": "3.7.16"}
    if MODE == "sees no value":
        return {"sees": ["message", "exception type"]}
    return {}


def reply_to_probe(reply, changes):
    if MODE == "probe without a reply":
        time.sleep(60)
    elif MODE == "probe without JSON":
        say("Welcome to Python!\n")
    elif MODE == "probe of another version":
        say(json.dumps(dict(reply, protocol=2)) + "\n")
    elif MODE == "probe without a version":
        del reply["version"]
        say(json.dumps(reply) + "\n")
    else:
        reply.update(changes)
        say(json.dumps(reply) + "\n")


def at_marker(number, reply, had_run):
    """Does something wrong at a program with the marker. Gives the reply that is sent after all."""
    if MODE in ("segv", "no second start", "hangs at the second start", "another Python at the second start"):
        die(signal.SIGSEGV)
    elif MODE == "kill":
        die(signal.SIGKILL)
    elif MODE == "exit":
        complain("Traceback:\n  oh no")
        os._exit(3)
    elif MODE == "quiet exit":
        os._exit(0)
    elif MODE == "hang":
        complain("waiting")
        time.sleep(60)
    elif MODE == "ignores SIGTERM":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(60)
    elif MODE == "stop":
        die(signal.SIGSTOP)
    elif MODE == "slow once":
        if note("slow", number) == 1:
            time.sleep(60)
    elif MODE == "killed once":
        if note("killed", number) == 1:
            die(signal.SIGKILL)
    elif MODE == "crash once":
        if note("crashed", number) == 1:
            die(signal.SIGSEGV)
    elif MODE == "garbled once":
        if note("garbled", number) == 1:
            return "oh\n"
    elif MODE == "half a line once":
        if note("halves", number) == 1:
            say(reply[:len(reply) // 2])
            die(signal.SIGSEGV)
    elif MODE == "twice once":
        if note("twice", number) == 1:
            return reply + reply
    elif MODE == "closes its output and fails":
        os.close(1)
        time.sleep(0.1)
        os._exit(3)
    elif MODE == "crash after others":
        if had_run:
            die(signal.SIGSEGV)
    elif MODE == "half a line":
        say(reply[:len(reply) // 2])
        die(signal.SIGSEGV)
    elif MODE == "a line without its end":
        say(reply[:-1])
        die(signal.SIGSEGV)
    elif MODE == "half a line and no more":
        say(reply[:len(reply) // 2])
        time.sleep(60)
    elif MODE == "no JSON":
        complain("what is JSON?")
        return "Segmentation fault, they say\n"
    elif MODE == "no object":
        return "[1]\n"
    elif MODE == "no text":
        os.write(1, b"\xff\xfe\n")
        return ""
    elif MODE == "another program":
        return reply.replace('"ran":%d' % number, '"ran":%d' % (number + 1))
    elif MODE == "twice":
        return reply + reply
    elif MODE == "too few steps":
        return '{"ran":%d,"steps":[]}\n' % number
    elif MODE == "no value":
        return reply.replace('"value":', '"value":{"colour":"red"},"was":', 1)
    elif MODE == "unsupported":
        return '{"ran":%d,"steps":[],"unsupported":"the marker"}\n' % number
    elif MODE == "flood":
        return '{"ran":%d,"steps":[]}\n' % (number + 7) * 20000
    elif MODE == "endless line":
        while True:
            say("a" * (1 << 20))
    elif MODE == "flood of words":
        for line in range(20000):
            complain("line %d" % line)
        os._exit(3)
    elif MODE == "leaves a child and dies":
        leave_child()
        complain("gone")
        os._exit(3)
    elif MODE == "leaves a child":
        leave_child()
    elif MODE == "closes its output":
        os.close(1)
        time.sleep(60)
    elif MODE == "memory":
        held = []
        while True:
            held.append(b"x" * (1 << 20))
            time.sleep(0.0005)
    return reply


def at_every_program(reply):
    """Does something wrong at a program that is not the smoke program. Gives what is sent instead of the reply, if anything."""
    if MODE == "all twice":
        return reply + reply
    elif MODE == "in other words":
        return reworded(reply)
    elif MODE == "empty lines":
        return "\n \n" + reply + "\r\n"
    elif MODE == "all hang":
        time.sleep(60)
    elif MODE == "all crash":
        die(signal.SIGSEGV)
    elif MODE == "all spin":
        note("spins", os.getpid())
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        while True:
            pass


# What a Python that lacks something gives for a step with that text, and what a wrong one gives.
LACKS = (
    (".cast", {"raised": ["AttributeError", "'memoryview' object has no attribute 'cast'"]}),
    (".tobytes(", {"raised": ["NotImplementedError", "not here"]}),
    (".tolist(", {"value": [99]}),
)


# What one gives that lacks more.
LACKS_MORE = (
    (".release", {"raised": ["AttributeError", "'memoryview' object has no attribute 'release'"]}),
    ("slice(", {"raised": ["TypeError", "can't create 'slice' instances"]}),
)


def without(program, reply):
    """The reply of a Python that lacks something."""
    reply = json.loads(reply)
    for step, seen in zip(program["steps"], reply["steps"]):
        for text, instead in LACKS_MORE if MODE == "a small subset" else LACKS:
            if text in step.get("text", "") + step.get("value", ""):
                seen.pop("value", seen.pop("raised", None))
                seen.update(instead)
                break
    return json.dumps(reply) + "\n"


def reworded(reply):
    """The reply with another text of each error."""
    reply = json.loads(reply)
    for step in reply["steps"]:
        if "raised" in step:
            step["raised"][1] += ", in other words"
    return json.dumps(reply) + "\n"


def getattr_without_modules(thing, name, *default):
    """The built-in function of a Python whose types do not tell their modules."""
    return default[0] if name == "__module__" else getattr(thing, name, *default)


def smoke(reply):
    # What `data[1]` gives in the smoke program.
    return reply.replace('{"value":98', '{"value":99') if MODE == "smoke" else reply


def main():
    note("processes", os.getpid())
    note("paths", PATH)
    requests = sys.stdin.buffer
    changes = before_probe()
    runner = {"__name__": "runner"}
    with open(PATH) as file:
        exec(compile(file.read(), PATH, "exec"), runner)
    if MODE == "types without modules":
        runner["getattr"] = getattr_without_modules
    elif MODE == "no buffer methods":
        # It has no attributes of the type.
        runner["memoryview"] = lambda thing: memoryview(thing)
    handle = runner["handle"]
    had_run = False
    for line in requests:
        request, replies = json.loads(line), []
        if "probe" in request:
            handle(line, replies.append)
            reply_to_probe(json.loads(replies[0]), changes)
            continue
        for at, program in enumerate(request["programs"]):
            number = request["run"] + at
            handle(json.dumps(dict(request, run=number, programs=[program])), replies.append)
            reply = smoke(replies.pop())
            if MODE in ("a subset", "a small subset", "no subset"):
                reply = without(program, reply)
            if MARKER in json.dumps(program):
                reply = at_marker(number, reply, had_run)
            # The smoke program does not count.
            had_run = number > 0
            say(had_run and at_every_program(reply) or reply)
        if MODE == "endless after a batch" and had_run:
            while True:
                say('{"ran":1,"steps":[]}\n')
        if MODE == "one more in between" and had_run and note("more", "") == 1:
            time.sleep(0.3)
            say("and one more\n")
            note("said", "")
        if MODE == "ends after a batch":
            complain("enough")
            die(signal.SIGSEGV)


main()
