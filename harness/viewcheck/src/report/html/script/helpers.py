"""What the script of a case may need to check its steps. A script contains those of these functions that it uses."""


def check(found, expected):
    """Compares two values and their types."""
    if type(found) is not type(expected) or repr(found) != repr(expected):
        raise AssertionError("expected %r, found %r" % (expected, found))


class raises:
    """Expects an error of exactly this type. Its text is compared on CPython only."""

    def __init__(self, kind, text="..."):
        self.kind, self.text = kind, text

    def __enter__(self):
        pass

    def __exit__(self, kind, error, traceback):
        name = "no error" if kind is None else kind.__name__
        if name != self.kind or self.text not in ("...", str(error)) and sys.implementation.name == "cpython":
            raise AssertionError("expected %s: %s, found %s: %s" % (self.kind, self.text, name, error)) from None
        return True


class prints:
    """Expects that this is printed."""

    def __init__(self, text):
        self.text = text

    def __enter__(self):
        try:
            self.out, sys.stdout = sys.stdout, io.StringIO()
        except AttributeError:
            # This Python can't catch what is printed.
            self.out = None

    def __exit__(self, kind, error, traceback):
        if self.out:
            found, sys.stdout = sys.stdout.getvalue(), self.out
            if kind is None:
                check(masked(found.rstrip("\n")), self.text)


class allocates:
    """Expects that the most memory that a block has at the same time is within bounds."""

    def __init__(self, bounds):
        self.bounds = bounds

    def __enter__(self):
        # The dict of these names is not to grow while memory is counted.
        fillers = ["filler %d" % number for number in range(400)]
        globals().update(dict.fromkeys(fillers))
        for name in fillers:
            del globals()[name]
        tracemalloc.start()

    def __exit__(self, kind, error, traceback):
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        for bound in self.bounds.split(","):
            operator, number, unit = re.match(r" *([<>]=?) *(\d+) *(\w+)", bound).groups()
            size = int(number) << {"KiB": 10, "MiB": 20}.get(unit, 0)
            is_within = most < size if operator[0] == "<" else most > size
            if kind is None and not is_within and (most != size or operator in "<>"):
                raise AssertionError("expected %s, found %d bytes" % (self.bounds, most))


def masked(text):
    """A text without addresses."""
    return re.sub(" at 0x[0-9a-fA-F]+", " at 0x...", text)


def check_locks(expected):
    """Checks which bytearrays and arrays can't be resized, if this Python has what shows it."""
    if hasattr(bytearray, "pop"):
        if sys.implementation.name != "cpython":
            gc.collect()
        things = [(name, thing) for name, thing in globals().items() if type(thing).__name__ in ("bytearray", "array")]
        check(sorted(name for name, thing in things if is_locked(thing)), expected)


def is_locked(thing):
    """Whether an object refuses to be resized, as it must while a view of it exists."""
    try:
        thing.append("\0" if getattr(thing, "typecode", "") in ("u", "w") else 0)
    except BufferError:
        return True
    thing.pop()
    return False


def is_released(view):
    try:
        len(view)
    except ValueError:
        return True
    except TypeError:
        # It has no dimensions.
        pass
    return False


def check_start(view, owner, byte):
    """Checks that the first item of a view starts at this byte of an object: it follows when the byte changes."""
    if getattr(view, "obj", owner) is not owner:
        raise AssertionError("expected a view of %r, found a view of %r" % (owner, view.obj))
    whole = memoryview(owner)
    memory = whole.cast("B") if hasattr(whole, "cast") else whole
    if bytes(view) and getattr(whole, "readonly", type(owner) is bytes):
        check(bytes(view)[:1], bytes(memory)[byte:byte + 1])
    elif bytes(view):
        check(first_byte(view, memory), byte)
    for each in (memory, whole):
        if hasattr(each, "release"):
            each.release()


def first_byte(view, memory):
    """The byte with which the first byte of a view changes."""
    for place in range(len(memory)):
        before = bytes(view)
        memory[place] ^= 255
        after = bytes(view)
        memory[place] ^= 255
        if before[0] != after[0]:
            return place


def lacks(what):
    print("this Python lacks %s: nothing was compared" % what)
    sys.exit(2)


def counts_references():
    """Whether an object dies as soon as nothing refers to it."""
    class Thing:
        def __del__(self):
            died.append(True)

    died = []
    Thing()
    return died == [True]
