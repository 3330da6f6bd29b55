"""The conversation: requests are lines of JSON, and so are the replies.

Where a Python has file descriptors, the conversation takes place on private copies of them, so that nothing that a program
reads, prints, writes from C or closes gets into it. Where it has not, a host calls `handle`.
"""

try:
    import json
except ImportError:
    import ujson as json
try:
    import os
except ImportError:
    os = None


def handle(line, write):
    """Replies to a request: calls `write` with each line as soon as it is known."""
    request = json.loads(line)
    if "probe" in request:
        write(probe(request.get("modules", [])))
        return
    number, is_watched = request["run"], request["watch"] == "always"
    for program in request["programs"]:
        write(run_program(number, program, is_watched))
        number += 1


def private_copy(descriptor):
    """A copy of a file descriptor with a number that no program is likely to use."""
    try:
        import fcntl
        return fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 100)
    except Exception:
        return os.dup(descriptor)


def main():
    plain_in, plain_out = sys.stdin, sys.stdout
    try:
        incoming, outgoing = private_copy(0), private_copy(1)
        requests = os.fdopen(incoming, "rb")
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        os.dup2(2, 1)
        os.close(nothing)
        put = os.write
    except Exception:
        requests = plain_in
        outgoing = None

    def write(reply):
        if outgoing is None:
            plain_out.write(reply)
            if hasattr(plain_out, "flush"):
                plain_out.flush()
            return
        reply = reply.encode()
        while reply:
            reply = reply[put(outgoing, reply):]

    readline = requests.readline
    while True:
        line = readline()
        if not line:
            return
        if line.strip():
            handle(line, write)


# What is read from structures is better known than what is asked of objects.
try:
    read_structures()
except Exception:
    pass
prepare()
if __name__ == "__main__":
    main()
