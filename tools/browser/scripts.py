"""Runs the scripts that are read as JSON, each in a process of its own, and writes how each ended and what it said."""

import json
import os
import sys
import tempfile
import traceback
import warnings


def run(text, out):
    """Runs a script in a child process. Gives its exit status."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
        status = 1
        try:
            status = execute(text)
            sys.stdout.flush()
            sys.stderr.flush()
        finally:
            os._exit(status)
    status = os.waitpid(child, 0)[1]
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)


def execute(text):
    warnings.simplefilter("ignore")
    main = type(sys)("__main__")
    sys.modules["__main__"] = main
    try:
        exec(compile(text, "<script>", "exec"), main.__dict__)
    except SystemExit as error:
        return error.code if isinstance(error.code, int) else 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


found = []
for text in json.load(sys.stdin):
    with tempfile.TemporaryFile() as out:
        status = run(text, out)
        out.seek(0)
        found.append([status, out.read().decode("utf-8", "replace")])
json.dump(found, sys.stdout)
