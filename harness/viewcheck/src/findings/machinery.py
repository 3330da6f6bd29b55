

# What follows runs the steps above and compares their results. It contains nothing about the defect.

NAMES = {}
STATE = {}
NOTHING, UNKNOWN, HASH, RELEASED = object(), object(), object(), object()


class View:
    """A memoryview as it should be: the first byte is byte `at` of the object with the name `of`."""

    def __init__(self, of, at, suboffsets=(), **layout):
        self.of, self.at, self.layout = of, at, dict(layout, suboffsets=suboffsets)


class Other:
    """An object of which only the name of the type matters."""

    def __init__(self, kind):
        self.kind = kind


class Type:
    """A type, by its name."""

    def __init__(self, name):
        self.name = name


def step(text, gives=NOTHING, raises=None, prints="", after=None):
    """Runs a step; exits with 1 if it does not behave as expected."""
    print(">>> " + text.replace("\n", "\n... "), flush=True)
    value, error, printed = NOTHING, None, io.StringIO()
    with contextlib.redirect_stdout(printed):
        try:
            value = run(text)
        except Exception as caught:
            error = (type(caught).__name__, masked(str(caught)))
    if gives is UNKNOWN:
        return
    if raises and error and raises[0] == "NameError" and raises[1].split("'")[1] not in NAMES:
        # What else is wrong with a statement that uses an unbound name may be seen first.
        error = raises
    if error or raises:
        expected, actual = "%s: %s" % raises if raises else told(gives), "%s: %s" % error if error else told(value)
    elif gives is HASH and type(value) is int:
        expected = actual = "a hash"
    else:
        expected, actual = told(gives), told(value)
    del value
    compare("", expected, actual)
    compare("printed ", repr(prints), repr(masked(printed.getvalue().rstrip("\n"))))
    STATE.update(after or {})
    found = state()
    for name in ORDER:
        nothing = "nothing with memory"
        compare("then " + name + " is ", STATE.get(name) or nothing, found.get(name, nothing))


def compare(what, expected, actual):
    if expected != actual:
        print("expected: %s%s" % (what, expected))
        print("actual:   %s%s" % (what, actual))
        sys.exit(1)


def run(text):
    """Runs statements and returns the value of the last one."""
    body = ast.parse(text).body
    last = body[-1]
    if isinstance(last, ast.Expr):
        exec(compile(ast.Module(body[:-1], []), "step", "exec"), NAMES)
        return eval(compile(ast.Expression(last.value), "step", "eval"), NAMES)
    exec(compile(ast.Module(body, []), "step", "exec"), NAMES)
    target = last.targets[0] if isinstance(last, ast.Assign) else getattr(last, "target", None)
    return NAMES[target.id] if isinstance(target, ast.Name) else NOTHING


def told(value):
    """Describes a value such that equal texts mean the same value of the same type."""
    kind = type(value)
    if value is NOTHING:
        return "nothing"
    if value is RELEASED:
        return "a released view"
    if kind is list:
        return "[%s]" % ", ".join(map(told, value))
    if kind is tuple:
        return "(%s)" % "".join(told(item) + ", " for item in value).rstrip()
    if kind is slice:
        return "slice(%s)" % ", ".join(map(told, (value.start, value.stop, value.step)))
    if kind is array.array:
        return "array(%r, %r)" % (value.typecode, value.tobytes())
    if kind is View:
        return view_told(value.of, value.at, expected_places(value), value.layout)
    if kind is memoryview:
        if is_released(value):
            return "a released view"
        layout = {name: getattr(value, name) for name in LAYOUT}
        return view_told(owner_told(value.obj), start(value), places(value), layout)
    if kind is Type or isinstance(value, type):
        return "the type " + (value.name if kind is Type else type_name(value))
    if kind in (type(None), bool, int, float, complex, str, bytes, bytearray, type(...)):
        return ascii(value)
    return "an object of the type " + (value.kind if kind is Other else type_name(kind))


def type_name(kind):
    """With its module, unless it is built in or made here."""
    here = kind.__module__ in ("builtins", __name__)
    return kind.__qualname__ if here else kind.__module__ + "." + kind.__qualname__


LAYOUT = ("format", "itemsize", "shape", "strides", "suboffsets", "readonly", "nbytes")


def view_told(owner, first, covered, layout):
    layout = ", ".join("%s %r" % (name, layout[name]) for name in LAYOUT)
    first = "" if address is None else "outside " if first is None else "from byte %d of " % first
    return "a view %s%s: %s, covering %s" % (first, owner, layout, covered)


def owner_told(owner):
    return name_of(owner) or "an unnamed " + type(owner).__name__


def name_of(owner):
    """The first name that is bound to an object. Equal bytes count as the same, as Python may share them."""
    same = [name for name in ORDER if NAMES.get(name, NOTHING) is owner]
    if same and type(owner) is bytes:
        same = [name for name in ORDER if type(NAMES.get(name)) is bytes and NAMES[name] == owner]
    return same[0] if same else None


def start(view):
    """Where a view starts in the memory of its exporter; None far outside."""
    if address is not None:
        offset = address(view) - address(view.obj)
        return offset if -1 << 16 <= offset <= memoryview(view.obj).nbytes + (1 << 16) else None


def find_address():
    """The function that tells where an object's buffer starts, on a Python with CPython's C API."""
    try:
        import ctypes
        get, release = ctypes.pythonapi.PyObject_GetBuffer, ctypes.pythonapi.PyBuffer_Release
    except (ImportError, AttributeError):
        return None
    # A Py_buffer has 11 members of at most a pointer's size; the first is the address. 0x11c is PyBUF_FULL_RO.
    buffer = (ctypes.c_void_p * 11)()

    def find(thing):
        get(ctypes.py_object(thing), buffer, 0x11C)
        found = buffer[0] or 0
        release(buffer)
        return found

    return find


address = find_address()


def places(view):
    """Which bytes of its exporter a view covers, in its order: found by changing them one after the other."""
    owner = view.obj
    if type(owner) not in (bytearray, array.array) or not name_of(owner) or view.suboffsets or view.nbytes > 256:
        return "what it does"
    found = ["?"] * view.nbytes
    with memoryview(owner) as whole, whole.cast("B") as memory:
        before = view.tobytes()
        for place in range(len(memory)):
            memory[place] ^= 0xFF
            after = view.tobytes()
            memory[place] ^= 0xFF
            for index in range(min(len(before), len(after), len(found))):
                if before[index] != after[index]:
                    found[index] = place
    return "bytes %s" % found


def expected_places(view):
    owner = NAMES.get(view.of)
    if type(owner) not in (bytearray, array.array) or view.layout["suboffsets"]:
        return "what it does"
    starts = [view.at or 0]
    for length, stride in zip(view.layout["shape"], view.layout["strides"]):
        starts = [start + index * stride for start in starts for index in range(length)]
    found = [start + byte for start in starts for byte in range(view.layout["itemsize"])]
    return "bytes %s" % found if view.layout["nbytes"] <= 256 else "what it does"


def state():
    """Every name that holds memory, or covers some."""
    found = {}
    for name in ORDER:
        thing = NAMES.get(name)
        if type(thing) is memoryview:
            found[name] = "a released view" if is_released(thing) else "a view"
            if found[name] == "a view" and type(thing.obj) in (bytearray, array.array) and not name_of(thing.obj):
                found[name] += " over " + held(thing.obj)
        elif type(thing) in (bytearray, array.array):
            found[name] = held(thing)
    return found


def held(owner):
    content = bytes(owner) if type(owner) is bytearray else owner.tobytes()
    return "%r, %s" % (content, "locked" if is_locked(owner) else "not locked")


def is_locked(owner):
    """Whether it refuses to be resized, as it must while something exports its buffer."""
    try:
        owner.append(0)
    except BufferError:
        return True
    owner.pop()
    return False


def is_released(view):
    try:
        view.nbytes
    except ValueError:
        return True
    return False


def masked(text):
    return re.sub(" at 0x[0-9a-fA-F]+", " at 0x...", text)


def need(module):
    try:
        __import__(module)
        NAMES[module.split(".")[0]] = sys.modules[module.split(".")[0]]
    except ImportError:
        print("this Python does not have the module %s: nothing was compared" % module)
        sys.exit(2)
