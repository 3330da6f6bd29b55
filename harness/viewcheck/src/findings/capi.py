

# `request` and `get_contiguous` are not part of Python. They call what an extension module in C calls.

def request(thing, flags):
    """Calls PyObject_GetBuffer and returns the fields of the Py_buffer."""
    buffer = Buffer()
    if ctypes.pythonapi.PyObject_GetBuffer(ctypes.py_object(thing), ctypes.byref(buffer), ctypes.c_int(flags)):
        raise SystemError("PyObject_GetBuffer failed without an exception")

    def sizes(at):
        return None if at is None else tuple((ctypes.c_ssize_t * buffer.ndim).from_address(at))

    told = (buffer.len, buffer.itemsize, bool(buffer.readonly), buffer.ndim,
            None if buffer.format is None else buffer.format.decode(),
            sizes(buffer.shape), sizes(buffer.strides), sizes(buffer.suboffsets))
    ctypes.pythonapi.PyBuffer_Release(ctypes.byref(buffer))
    return told


def get_contiguous(thing, writable, order):
    """Calls PyMemoryView_GetContiguous."""
    function = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.py_object, ctypes.c_int, ctypes.c_char)(
        ("PyMemoryView_GetContiguous", ctypes.pythonapi))
    return function(thing, 0x200 if writable else 0x100, order.encode())


NAMES.update(request=request, get_contiguous=get_contiguous)
