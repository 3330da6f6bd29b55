"""`exporter`, which is no part of Python: memory with any layout that a program describes, exported honestly.

A class whose `bf_getbuffer` and `bf_releasebuffer` are functions that CPython itself has. `PySequence_DelSlice` takes
an object and two numbers, and calls the method `__delitem__` of the object with a slice of them: called as
`bf_getbuffer`, it gets the address of the Py_buffer and the flags, and the method may raise. An array's function
counts an export down, in the place where an array has its count: the type has a count of its own in that place. So no
Python code runs when a buffer is given back, which may be while an exception is raised.

What a description means, which are sound and which requests are refused is what the reference says too.
"""

MANY = 1 << 20
LEAVES = "exporter: the layout leaves the data"
NATIVE = {"Zf": 8, "Zd": 16}


def make_exporter():
    """Makes the type, by its name. Raises where it can't be had."""
    global EXPORTER, extent_of_exporter
    if sys.implementation.name != "cpython":
        raise TypeError("not CPython")
    if Buffer is None:
        make_capi()
    pointer, size, api = ctypes.c_void_p, ctypes.c_ssize_t, ctypes.pythonapi
    word = ctypes.sizeof(pointer)
    head = object.__basicsize__ + word
    # The place of the exports of an array, and of our own.
    at_count = head + 4 * word

    class Slot(ctypes.Structure):
        _fields_ = [("slot", ctypes.c_int), ("function", pointer)]

    class Spec(ctypes.Structure):
        _fields_ = [("name", ctypes.c_char_p), ("basicsize", ctypes.c_int), ("itemsize", ctypes.c_int),
                    ("flags", ctypes.c_uint), ("slots", pointer)]

    def functions_of(kind):
        # tp_as_buffer is 17 words behind the head of a type: bf_getbuffer and bf_releasebuffer.
        return pointer.from_address(id(kind) + head + 17 * word).value

    give = ctypes.cast(api["PySequence_DelSlice"], pointer).value
    take_back = pointer.from_address(functions_of(ARRAY) + word).value
    slots = (Slot * 3)()
    has_slots = sys.version_info >= (3, 9)
    if has_slots:
        slots[0], slots[1] = Slot(1, give), Slot(2, take_back)
    # Py_TPFLAGS_BASETYPE, and Py_TPFLAGS_HAVE_VERSION_TAG where it is not set by itself.
    flags = 1 << 10 | (0 if has_slots else 1 << 18)
    spec = Spec(b"builtins.memory", at_count + word, 0, flags, ctypes.addressof(slots))
    make, hold = api["PyType_FromSpec"], api["Py_IncRef"]
    make.argtypes, make.restype, hold.argtypes = [pointer], ctypes.py_object, [ctypes.py_object]
    memory = make(ctypes.addressof(spec))
    if not has_slots:
        pointer.from_address(functions_of(memory)).value = give
        pointer.from_address(functions_of(memory) + word).value = take_back
    at_buffer, count = Buffer.from_address, size.from_address
    # An object of a type of that name without items: what is done with those of ours fails as with its own.
    bare = type("exporter", (), {})()
    from opcode import opmap
    delete = opmap["DELETE_SUBSCR"]

    class exporter(memory):
        __module__ = "builtins"
        __qualname__ = "exporter"
        __slots__ = ("_form", "__weakref__")

        def __init__(self, *arguments, **keywords):
            self._form = Form(word, arguments, keywords)

        def __hash__(self):
            asked = self._form.hash
            return object.__hash__(self) if asked is None else hash(asked)

        def __delitem__(self, key):
            caller = sys._getframe(1)
            is_ours = type(key) is slice and key.step is None and type(key.start) is int and type(key.stop) is int
            # No statement that deletes an item asks for a buffer.
            if not is_ours or key.start % word or caller.f_code.co_code[caller.f_lasti] == delete:
                del bare[key]
            form, flags, buffer = self._form, key.stop & 0xFFFFFFFF, at_buffer(key.start)
            refusal = form.refusal(flags)
            if refusal is not None:
                buffer.obj = None
                raise BufferError("exporter" + refusal)
            has_shape = flags & 8 and form.shape
            buffer.buf, buffer.len, buffer.itemsize = form.base + form.offset, form.length, form.itemsize
            buffer.readonly, buffer.internal = form.readonly, None
            buffer.ndim = len(form.shape) if flags & 8 else 1
            buffer.format = form.format if flags & 4 else None
            buffer.shape = form.axes[0] if has_shape else None
            buffer.strides = form.axes[1] if has_shape and flags & 24 == 24 else None
            buffer.suboffsets = form.axes[2] if has_shape and flags & 280 == 280 and form.suboffsets else None
            buffer.obj = id(self)
            hold(self)
            count(id(self) + at_count).value += 1

        def __setitem__(self, key, value):
            bare[key] = value

    def live_exporter(thing):
        form = thing._form
        if form.readonly:
            return None
        lock = LOCKED if count(id(thing) + at_count).value > 0 else UNLOCKED
        return '{"content":"%s"%s}' % (hex_of(form.content()), lock)

    def extent_of_exporter(thing):
        return thing._form.base, thing._form.size

    # Does it work? Four items, every second byte, from the last to the first.
    sample = exporter(b"abcdefgh", shape=(4,), strides=(-2,), offset=7)
    view = memoryview(sample)
    if view.obj is not sample or view.tolist() != list(b"hfdb") or '"locked":true' not in live_exporter(sample):
        raise TypeError("an exporter does not work as expected")
    view.release()
    if live_exporter(sample) != '{"content":"6162636465666768","locked":false}':
        raise TypeError("an exporter does not work as expected")
    EXPORTER = exporter
    LIVE[exporter] = EXPORTERS[exporter] = live_exporter
    return {"exporter": exporter}


class Form:
    """What a call of `exporter` describes, and its memory."""

    def __init__(self, word, arguments, keywords):
        self.word = word
        data = self.describe(arguments, keywords)
        self.check_sizes(len(data))
        if self.shape is None:
            self.shape = [(len(data) - self.offset) // self.itemsize]
        if self.strides is None:
            self.strides = [product(self.shape[at + 1:], self.itemsize) for at in range(len(self.shape))]
        self.suboffsets = self.suboffsets or []
        self.length = product(self.shape, self.itemsize)
        reach = max(self.itemsize, native_size(self.text, True) or 0)
        follows = any(add >= 0 for add in self.suboffsets)
        pointers = self.follow(data, reach) if follows else self.stays_inside(data, reach)
        self.is_c, self.is_fortran = self.dense(-1), self.dense(1)
        self.format = None if self.text is None else self.text.encode("utf-8", "surrogatepass")
        self.size = len(data)
        # Whole words, so that pointers in it are aligned.
        self.memory = (ctypes.c_size_t * (len(data) // word + 1))()
        self.base = ctypes.addressof(self.memory)
        ctypes.memmove(self.base, data, len(data))
        # The offsets that the program gave where the memory has pointers, by their word.
        self.pointers = dict((at // word, self.memory[at // word]) for at in pointers)
        for at, offset in self.pointers.items():
            self.memory[at] = self.base + offset
        self.arrays = [(ctypes.c_ssize_t * (len(axis) + 1))(*axis) for axis in (
            self.shape, self.strides, self.suboffsets)]
        self.axes = [ctypes.addressof(array) for array in self.arrays]

    def describe(self, arguments, keywords):
        """Takes the arguments. Gives the content."""
        if len(arguments) != 1:
            raise TypeError("exporter() takes one argument by position, the data")
        data = arguments[0]
        if type(data) is not bytes:
            raise TypeError("exporter() argument 'data' must be bytes")
        self.hash = keywords.pop("hash", None)
        self.text = itemsize = self.shape = self.strides = self.suboffsets = None
        self.offset, self.readonly = 0, False
        for name, argument in keywords.items():
            if name == "format":
                if argument is not None and type(argument) is not str:
                    raise TypeError("exporter() argument 'format' must be a str or None")
                self.text = argument
            elif name == "itemsize":
                itemsize = number(name, argument)
            elif name == "offset":
                self.offset = number(name, argument) or 0
            elif name in ("shape", "strides", "suboffsets"):
                setattr(self, name, numbers(name, argument))
            elif name == "readonly":
                if type(argument) is not bool:
                    raise TypeError("exporter() argument 'readonly' must be a bool")
                self.readonly = argument
            else:
                raise TypeError("exporter() has no argument '%s'" % name)
        if itemsize is None:
            itemsize = 1 if self.text is None else native_size(self.text)
            if itemsize is None:
                raise TypeError("exporter() needs the itemsize of this format")
        self.itemsize = itemsize
        return data

    def check_sizes(self, available):
        shape, dimensions = self.shape or [], 1 if self.shape is None else len(self.shape)
        for fine, text in (
            (self.text is None or "\0" not in self.text, "a NUL in the format"),
            (self.itemsize >= 0, "itemsize must not be negative"),
            (0 <= self.offset <= available, "offset must lie in the data"),
            (self.shape is not None or self.itemsize > 0, "items of no bytes need a shape"),
            (dimensions <= 128, "more than 128 dimensions"),
            (all(size >= 0 for size in shape), "sizes must not be negative"),
            (self.strides is None or len(self.strides) == dimensions, "strides must have an entry for each dimension"),
            (self.suboffsets is None or len(self.suboffsets) == dimensions,
             "suboffsets must have an entry for each dimension"),
            # Outer dimensions are walked even if an inner one is empty.
            (product([max(size, 1) for size in shape], max(self.itemsize, 1)) <= MANY,
             "more than a million bytes of items"),
        ):
            if not fine:
                raise ValueError("exporter: " + text)

    def stays_inside(self, data, reach):
        """Without pointers the first and the last item in memory say it for all."""
        if reach and all(self.shape):
            low = high = self.offset
            for length, stride in zip(self.shape, self.strides):
                if stride < 0:
                    low += stride * (length - 1)
                else:
                    high += stride * (length - 1)
            inside(data, low, reach)
            inside(data, high, reach)
        return ()

    def follow(self, data, reach):
        """Looks at every address that a consumer can come to. Gives those of the pointers."""
        pointers, places, word = set(), set([self.offset]), self.word
        for length, stride, add in zip(self.shape, self.strides, self.suboffsets):
            reached = set()
            for place in sorted(places):
                for index in range(length):
                    at = place + stride * index
                    if add >= 0:
                        inside(data, at, word)
                        pointers.add(at)
                        at = int.from_bytes(data[at:at + word], "little")
                        inside(data, at, 0)
                        at += add
                    reached.add(at)
            places = reached
        if any(at % word for at in pointers):
            raise ValueError("exporter: pointers must be aligned")
        for at in sorted(places) if reach else ():
            inside(data, at, reach)
            if any(at - word < pointer < at + reach for pointer in pointers):
                raise ValueError("exporter: an item covers a pointer")
        return pointers

    def dense(self, step):
        """Whether the items lie in C order (-1) or in Fortran's (1), without gaps, as memoryview sees it."""
        if self.suboffsets:
            return False
        if len(self.shape) == 1:
            return self.shape[0] == 1 or self.strides[0] == self.itemsize
        expected = self.itemsize
        if not product(self.shape, expected):
            return True
        for length, stride in list(zip(self.shape, self.strides))[::step]:
            if length > 1 and stride != expected:
                return False
            expected *= length
        return True

    def refusal(self, flags):
        """Why a request can't be served, if it can't."""
        if flags & 1 and self.readonly:
            return " is not writable"
        if flags & 56 == 56 and not self.is_c:
            return " is not C-contiguous"
        if flags & 88 == 88 and not self.is_fortran:
            return " is not Fortran contiguous"
        if flags & 152 == 152 and not self.is_c and not self.is_fortran:
            return " is not contiguous"
        if flags & 280 != 280 and self.suboffsets:
            return " cannot be represented without suboffsets"
        if flags & 24 != 24 and not self.is_c:
            return " is not C-contiguous"
        if flags & 12 == 4:
            return ": cannot cast to unsigned bytes if the format flag is present"
        return None

    def content(self):
        """The memory, with the offsets that the program gave where pointers are."""
        content = bytearray(ctypes.string_at(self.base, self.size))
        for at, offset in self.pointers.items():
            content[at * self.word:(at + 1) * self.word] = offset.to_bytes(self.word, "little")
        return content


def inside(data, start, length):
    if start < 0 or start + length > len(data):
        raise ValueError(LEAVES)


def product(sizes, result):
    for size in sizes:
        result *= size
    return result


def native_size(text, wide=False):
    """The size of a format of one native character, or `wide`, of any native item."""
    code = (text or "")[1:] if (text or "")[:1] == "@" else text or ""
    if len(code) == 1 and code in "cbB?hHiIlLqQnNefdP":
        return struct.calcsize(code)
    return NATIVE.get(code) if wide else None


def number(name, argument):
    if argument is None or type(argument) is bool:
        return argument if argument is None else int(argument)
    if type(argument) is not int:
        raise TypeError("exporter() argument '%s' must be an int or None" % name)
    if not -sys.maxsize - 1 <= argument <= sys.maxsize:
        raise ValueError("exporter: a number is too large")
    return argument


def numbers(name, argument):
    if argument is None:
        return None
    if type(argument) not in (tuple, list) or any(type(item) not in (bool, int) for item in argument):
        raise TypeError("exporter() argument '%s' must be a tuple or a list of ints, or None" % name)
    return [number(name, item) for item in argument]
