"""`request` and `get_contiguous`, which are no part of Python: they call what an extension module in C calls.

They need ctypes and CPython's C API. The functions of the C API that are called here are no attributes that a program
could see.
"""

Buffer = None


def make_capi():
    """Makes the functions, by their names. Raises where they can't be had."""
    global Buffer
    size, pointer, api = ctypes.c_ssize_t, ctypes.c_void_p, ctypes.pythonapi
    get, release, contiguous = api["PyObject_GetBuffer"], api["PyBuffer_Release"], api["PyMemoryView_GetContiguous"]

    class Buffer(ctypes.Structure):
        """Py_buffer"""

        _fields_ = [("buf", pointer), ("obj", pointer), ("len", size), ("itemsize", size), ("readonly", ctypes.c_int),
                    ("ndim", ctypes.c_int), ("format", ctypes.c_char_p), ("shape", pointer), ("strides", pointer),
                    ("suboffsets", pointer), ("internal", pointer)]

    # An object is passed by its address: `py_object` would take what is in an object of its own type.
    get.argtypes = [pointer, pointer, ctypes.c_int]
    contiguous.argtypes, contiguous.restype = [pointer, ctypes.c_int, ctypes.c_char], ctypes.py_object

    def request(object, flags):
        """The fields of the Py_buffer that a consumer gets who asks with these flags."""
        flags = flags.__index__() if hasattr(flags, "__index__") else flags
        if type(flags) is int and not -1 << 31 <= flags < 1 << 31:
            raise OverflowError("argument 'flags': out of range integral type conversion attempted")
        buffer = Buffer()
        at = ctypes.addressof(buffer)
        get(id(object), at, flags)

        def sizes(place):
            return None if place is None else tuple((size * buffer.ndim).from_address(place))

        try:
            return (buffer.len, buffer.itemsize, bool(buffer.readonly), buffer.ndim,
                    None if buffer.format is None else buffer.format.decode("utf-8", "replace"),
                    sizes(buffer.shape), sizes(buffer.strides), sizes(buffer.suboffsets))
        finally:
            release(ctypes.byref(buffer))

    def get_contiguous(object, writable, order):
        """A contiguous view of an object's memory, or of a copy of it."""
        if order not in ("C", "F", "A"):
            raise ValueError("order must be 'C', 'F' or 'A'")
        return contiguous(id(object), 0x200 if writable else 0x100, order.encode())

    return {"request": request, "get_contiguous": get_contiguous}
