"""What this Python is, what it can do and what can be seen of it: found out by trying."""


def probe(modules):
    """The reply to the first request."""
    found = []
    for name in modules:
        try:
            bind({}, [name])
            found.append(name)
        except Unsupported:
            pass
    implementation = sys.implementation
    version = getattr(implementation, "version", sys.version_info)
    parts = [
        '"protocol":1',
        '"implementation":' + quote(named(implementation.name.lower())),
        '"implementation_version":' + quote(numbers_of(version)),
        '"version":' + quote(numbers_of(sys.version_info)),
        '"bits":%d' % bits(),
        '"modules":' + strings(found),
        '"can":' + strings([word for word, test in ABILITIES if holds(test)] + CAN),
        '"sees":' + strings([facet for facet, test in FACETS if holds(test)]),
        '"takes":"text"',
        '"build":' + strings(builds()),
    ]
    # A shell may have chosen another Python than its text seems to say. Not every Python knows its file.
    executable = getattr(sys, "executable", None)
    if executable and isinstance(executable, str):
        parts.append('"executable":' + quote(executable))
    return "{" + ",".join(parts) + "}\n"


def named(implementation):
    """The name of an implementation. Pyodide is CPython with another C library beneath, and differs from it there."""
    return "pyodide" if implementation == "cpython" and sys.platform == "emscripten" else implementation


def numbers_of(version):
    """A version as text. Not every Python's is a tuple, and not every one has names."""
    try:
        return "%d.%d.%d" % (version[0], version[1], version[2])
    except Exception:
        return "%d.%d.%d" % (version.major, version.minor, version.micro)


def strings(texts):
    return "[" + ",".join([quote(text) for text in texts]) + "]"


def bits():
    """The bits of C's long."""
    try:
        return 8 * struct.calcsize("l")
    except Exception:
        return 64 if sys.maxsize > 1 << 32 else 32


def builds():
    found = []
    if hasattr(sys, "gettotalrefcount"):
        found.append("debug")
    try:
        import sysconfig
        if sysconfig.get_config_var("Py_GIL_DISABLED"):
            found.append("free-threaded")
    except Exception:
        pass
    if sys.platform in ("emscripten", "wasi", "webassembly"):
        found.append("wasm")
    return found


def holds(test):
    try:
        return bool(test())
    except Exception:
        return False


def tried(names, *steps):
    """The reply to a program whose steps are given as text and value."""
    steps = [dict([(key, part) for key, part in zip(("text", "value"), step) if part]) for step in steps]
    return run_program(0, {"names": names, "modules": [], "steps": steps}, True)


def shows(part, names, *steps):
    return part in tried(names, *steps)


# Abilities.

def has_addresses():
    return shows('"offset":2', ["data"], ("data = bytearray(b'abcdef')", "memoryview(data)[2:]"))


def collects():
    import gc
    import weakref

    class Thing:
        pass

    thing = Thing()
    thing.itself = thing
    reference = weakref.ref(thing)
    del thing
    gc.collect()
    return reference() is None and gc.get_referrers is not None


def counts_references():
    import weakref

    class Thing:
        pass

    thing = Thing()
    reference = weakref.ref(thing)
    del thing
    return reference() is None


def has_buffer_methods():
    """Some Pythons before 3.12 have a part of this: classes that export buffers, but no methods of the built-in types."""
    class Exporter:
        def __buffer__(self, flags):
            return memoryview(b"abc")

    return bytes(memoryview(Exporter())) == b"abc" and hasattr(memoryview, "__buffer__")


def makes_files():
    import os
    # A name by chance: a process that was killed may have had this one's number, and have left its file.
    chance = "".join("%02x" % byte for byte in os.urandom(8))
    path = os.path.join(os.environ.get("TMPDIR") or os.environ.get("TEMP") or "/tmp", "viewcheck-" + chance)
    with open(path, "xb") as file:
        file.write(b"a")
    os.unlink(path)
    return True


def has_sockets():
    import socket
    left, right = socket.socketpair()
    with left, right:
        left.sendall(b"a")
        return right.recv(1) == b"a"


def starts_threads():
    import _thread
    lock = _thread.allocate_lock()
    lock.acquire()
    _thread.start_new_thread(lock.release, ())
    return lock.acquire(True, 5)


ABILITIES = (
    ("addresses", has_addresses),
    ("collector", collects),
    ("refcounting", counts_references),
    ("pep688", has_buffer_methods),
    ("files", makes_files),
    ("sockets", has_sockets),
    ("threads", starts_threads),
)

# Facets.

def counts_allocations():
    """Some Pythons have a tracemalloc that counts nothing."""
    def count(value):
        run_counted({"value": value}, {"data": b"a" * 100000})
        return Allocated.bytes

    return count("data[1:]") > 99999 > 4096 > count("memoryview(data)[1:]") > 0


DATA = ("data = bytearray(b'abcdef')", "")


def sees_in_view(part):
    return lambda: shows(part, ["data"], ("data = bytearray(b'abcdef')", "memoryview(data)[2:]"))


FACETS = (
    ("value", lambda: shows('"value":98', ["data"], DATA, ("", "data[1]"))),
    ("type of value", lambda: shows('"value":[true,1,{"bytes":"61"},{"bytearray":"61"}]', [], (
        "", "[True, 1, b'a', bytearray(b'a')]"))),
    ("printed", lambda: shows('"printed":"a 1"', [], ("print('a', 1)", ""))),
    ("format", sees_in_view('"format":"B"')),
    ("itemsize", sees_in_view('"itemsize":1')),
    ("readonly", sees_in_view('"readonly":false')),
    ("exception type", lambda: shows('"raised":["IndexError"', [], ("", "b''[1]"))),
    ("message", lambda: shows('"raised":["ValueError","abc"]', [], ("raise ValueError('abc')", ""))),
    ("exporter", lambda: shows('"of":"data"', ["data"], ("data = bytearray(b'abcdef')", "memoryview(data)"))),
    ("offset", sees_in_view('"offset":2')),
    ("shape", sees_in_view('"shape":[4]')),
    ("strides", sees_in_view('"strides":[1]')),
    ("suboffsets", sees_in_view('"suboffsets":[]')),
    ("lock", lambda: shows('{"data":{"content":"61","locked":true},"v":{"released":false}}', ["data", "v"], (
        "data = bytearray(b'a'); v = memoryview(data)", "")) and shows(
            '{"data":{"content":"61","locked":false}}', ["data"], ("data = bytearray(b'a')", ""))),
    ("released", lambda: shows('"v":{"released":true}', ["v"], ("v = memoryview(b'a'); v.release()", ""))),
    ("contents", lambda: shows('"data":{"content":"616263646566"', ["data"], DATA)),
    ("objects alive", lambda: shows('"live":{"data":', ["data"], DATA)),
    ("memory allocated", counts_allocations),
)
