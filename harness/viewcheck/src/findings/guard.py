

def guarded():
    """Runs the steps in a process of their own, as they may end it, hang or fill it."""
    if "--inside" in sys.argv:
        try:
            import resource
            resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
        except (ImportError, OSError, ValueError):
            pass
        return program()
    try:
        done = subprocess.run([sys.executable, __file__, "--inside"], timeout=20)
    except subprocess.TimeoutExpired:
        print("expected: it comes to an end\nactual:   it was stopped after 20 seconds")
        sys.exit(1)
    if done.returncode not in (0, 1, 2):
        print("expected: the process goes on\nactual:   it ended with %d" % done.returncode)
        sys.exit(1)
    sys.exit(done.returncode)
