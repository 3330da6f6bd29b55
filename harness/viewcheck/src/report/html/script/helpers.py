"""What the script of a case may need to check its steps. A script contains those of these functions that it uses."""


def check(found, expected):
    """Compares two values and their types."""
    if type(found) is not type(expected) or repr(found) != repr(expected):
        raise AssertionError("expected %r, found %r" % (expected, found))


class raises:
    """Expects an error of exactly this type. Its text is compared on CPython only."""

    def __init__(self, kind, text=None):
        self.kind, self.text = kind, text

    def __enter__(self):
        pass

    def __exit__(self, kind, error, traceback):
        name = "no error" if kind is None else kind.__name__
        is_same_text = self.text in (None, str(error)) or sys.implementation.name != "cpython"
        if name != self.kind or not is_same_text:
            wanted = self.kind if self.text is None else "%s: %s" % (self.kind, self.text)
            raise AssertionError("expected %s, found %s: %s" % (wanted, name, error)) from None
        return True


class prints:
    """Expects that this is printed."""

    def __init__(self, text):
        self.text = text

    def __enter__(self):
        self.out, sys.stdout = sys.stdout, io.StringIO()

    def __exit__(self, kind, error, traceback):
        found, sys.stdout = sys.stdout.getvalue().rstrip("\n"), self.out
        if kind is None:
            check(masked(found), self.text)


def masked(text):
    """A text without addresses."""
    return re.sub(" at 0x[0-9a-fA-F]+", " at 0x...", text)


def locked():
    """The names of the bytearrays and arrays that can't be resized."""
    if sys.implementation.name != "cpython":
        gc.collect()
    kinds = ("bytearray", "array")
    return sorted(name for name, thing in globals().items() if type(thing).__name__ in kinds and is_locked(thing))


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
    with memoryview(owner) as whole:
        if not view.tobytes():
            return
        if whole.readonly:
            return check(view.tobytes()[:1], whole.tobytes()[byte:byte + 1])
        with whole.cast("B") as memory:
            found = None
            for place in range(len(memory)):
                before = view.tobytes()
                memory[place] ^= 255
                if view.tobytes()[:1] != before[:1]:
                    found = place
                memory[place] ^= 255
    if found != byte:
        raise AssertionError("expected a view from byte %r, found one from byte %r" % (byte, found))


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
