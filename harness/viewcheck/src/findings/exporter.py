

# `exporter` is not part of Python. It is an object that owns a copy of some bytes and exports them with any layout, as an
# extension type may. Here it is a class whose bf_getbuffer is set with ctypes.

import gc
import struct


class exporter:
    """Nothing checks the layout. Where there are suboffsets, the data has offsets where pointers are to be."""

    def __init__(self, data, *, format=None, itemsize=None, shape=None, strides=None, offset=0, suboffsets=None,
                 readonly=False, hash=None):
        self.hash = hash
        if itemsize is None:
            itemsize = struct.calcsize(format or "B")
        shape = [(len(data) - offset) // itemsize] if shape is None else shape
        self.shape, self.itemsize, self.offset, self.readonly = list(shape), itemsize, offset, readonly
        if strides is None:
            strides = [product(shape[dimension + 1:], itemsize) for dimension in range(len(shape))]
        self.strides, self.suboffsets = list(strides), list(suboffsets or [])
        self.format = None if format is None else format.encode()
        self.memory = (ctypes.c_uint64 * (len(data) // 8 + 1))()
        self.base, self.size, self.pointers = ctypes.addressof(self.memory), len(data), {}
        ctypes.memmove(self.memory, data, len(data))
        places = [offset]
        for length, stride, add in zip(self.shape, self.strides, self.suboffsets):
            places = [place + index * stride for place in places for index in range(length)]
            if add >= 0:
                self.pointers.update((place, self.memory[place // 8]) for place in places)
                places = [self.memory[place // 8] + add for place in places]
        for place, offset in self.pointers.items():
            self.memory[place // 8] = self.base + offset
        self.arrays = [(ctypes.c_ssize_t * len(axis))(*axis) for axis in (self.shape, self.strides, self.suboffsets)]

    def __hash__(self):
        return object.__hash__(self) if self.hash is None else hash(self.hash)

    def dense(self, step):
        if self.suboffsets:
            return False
        if len(self.shape) == 1:
            return self.shape[0] == 1 or self.strides[0] == self.itemsize
        dimensions, expected = list(zip(self.shape, self.strides))[::step], self.itemsize
        if not product(self.shape, self.itemsize):
            return True
        for length, stride in dimensions:
            if length > 1 and stride != expected:
                return False
            expected *= length
        return True

    def refusal(self, flags):
        c, fortran = self.dense(-1), self.dense(1)
        if flags & 1 and self.readonly:
            return "exporter is not writable"
        if flags & 56 == 56 and not c:
            return "exporter is not C-contiguous"
        if flags & 88 == 88 and not fortran:
            return "exporter is not Fortran contiguous"
        if flags & 152 == 152 and not c and not fortran:
            return "exporter is not contiguous"
        if flags & 280 != 280 and self.suboffsets:
            return "exporter cannot be represented without suboffsets"
        if flags & 24 != 24 and not c:
            return "exporter is not C-contiguous"
        if flags & 12 == 4:
            return "exporter: cannot cast to unsigned bytes if the format flag is present"

    def told(self):
        content = bytearray(bytes(self.memory)[:self.size])
        for place, offset in self.pointers.items():
            content[place:place + 8] = struct.pack("=Q", offset)
        # A function of ctypes can't be told of a buffer's end: that may come while an exception is raised.
        views = (thing for thing in gc.get_objects() if type(thing) is memoryview and not is_released(thing))
        return "%r, %s" % (bytes(content), "locked" if any(view.obj is self for view in views) else "not locked")


def product(sizes, result):
    for size in sizes:
        result *= size
    return result


REFUSED = []


@ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.py_object, ctypes.POINTER(Buffer), ctypes.c_int)
def get_buffer(owner, buffer, flags):
    into, refusal = buffer.contents, owner.refusal(flags)
    if refusal:
        REFUSED.append(refusal)
        into.obj = None
        return -1
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(owner))
    shape, strides, suboffsets = map(ctypes.addressof, owner.arrays)
    into.buf, into.obj, into.internal = owner.base + owner.offset, id(owner), None
    into.len, into.itemsize, into.readonly = product(owner.shape, owner.itemsize), owner.itemsize, owner.readonly
    into.ndim, into.format = len(owner.shape) if flags & 8 else 1, owner.format if flags & 4 else None
    into.shape = shape if flags & 8 and owner.shape else None
    into.strides = strides if flags & 24 == 24 and owner.strides else None
    into.suboffsets = suboffsets if flags & 280 == 280 and owner.suboffsets else None
    return 0


# tp_as_buffer is the word 20 of a type, and points to bf_getbuffer.
functions = ctypes.c_void_p.from_address(id(exporter) + 20 * 8).value
ctypes.c_void_p.from_address(functions).value = ctypes.cast(get_buffer, ctypes.c_void_p).value
NAMES["exporter"] = exporter
plain_run, plain_start, plain_state = run, start, state


def run(text):
    """A function of ctypes can't raise into C: what is refused there is raised here."""
    del REFUSED[:]
    try:
        return plain_run(text)
    except SystemError:
        if REFUSED:
            raise BufferError(REFUSED[0]) from None
        raise


def start(view):
    if type(view.obj) is not exporter:
        return plain_start(view)
    offset = address(view) - view.obj.base
    return offset if -1 << 16 <= offset <= view.obj.size + (1 << 16) else None


def state():
    found = plain_state()
    for name in ORDER:
        thing = NAMES.get(name)
        is_view = type(thing) is memoryview and not is_released(thing)
        owner = thing.obj if is_view else thing
        if type(owner) is exporter and not owner.readonly and not (is_view and name_of(owner)):
            found[name] = ("a view over " if is_view else "") + owner.told()
    return found
