

# What follows runs the steps in a child process, because they may crash it, hang or exhaust memory.

try:
    import subprocess
except ImportError:
    subprocess = None


def guarded():
    if subprocess is None:
        return program()
    if "--inside" in sys.argv:
        try:
            import resource
            resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
        except (ImportError, OSError, ValueError, AttributeError):
            pass
        return program()
    try:
        done = subprocess.run([sys.executable, __file__, "--inside"], timeout=20)
    except subprocess.TimeoutExpired:
        say("expected: the steps finish\nactual:   they were stopped after 20 seconds")
        sys.exit(1)
    if done.returncode not in (0, 1, 2):
        say("expected: the process does not crash\nactual:   it ended with %d" % done.returncode)
        sys.exit(1)
    sys.exit(done.returncode)
