"""Where memory lies and whether it is exported, read from the structures of CPython's objects.

Reading changes nothing: no buffer is asked for, and no object is resized. The structures are those of every CPython
from 3.6 on, as far as they are read here; what is found in them is compared with what the interpreter itself says
before it is believed. Where it is something else, `PyObject_GetBuffer` is asked instead, and locks are found by resizing.
"""


def read_structures():
    """Finds out where the members lie, and puts what reads them in place. Raises if anything is not as expected."""
    if sys.implementation.name != "cpython":
        raise TypeError("not CPython")
    pointer, size = ctypes.c_void_p, ctypes.c_ssize_t
    word = ctypes.sizeof(pointer)
    head = object.__basicsize__ + word
    # Functions of our own: those that are attributes are shared with programs.
    get, release = ctypes.pythonapi["PyObject_GetBuffer"], ctypes.pythonapi["PyBuffer_Release"]
    # An object is passed by its address: `py_object` would take what is in an object of its own type.
    get.argtypes, release.argtypes = [pointer, pointer, ctypes.c_int], [pointer]
    # A Py_buffer has 11 members of at most a pointer's size, the first two are `buf` and `obj`, the third is `len`.
    members = (pointer * 11)()
    buffer = ctypes.addressof(members)
    length_member = size.from_address(buffer + 2 * word)

    def asked(thing, flags=0):
        get(id(thing), buffer, flags)
        found = (members[0] or 0, length_member.value)
        release(buffer)
        return found

    # Before a view's Py_buffer are its managed buffer, its hash, its flags and its exports, behind it its weak references.
    at_buf = head + 4 * word
    if VIEW.__basicsize__ != at_buf + 9 * word + 2 * ctypes.sizeof(ctypes.c_int) + word:
        raise TypeError("a memoryview is not as large as expected")
    at_data = bytes.__basicsize__ - 1
    at_start, at_exports = head + 2 * word, head + 3 * word
    at_items, at_array_exports = head, head + 4 * word
    read_address, read_count = pointer.from_address, ctypes.c_int.from_address

    def address_of_view(view):
        return read_address(id(view) + at_buf).value or 0

    def extent(owner):
        kind = type(owner)
        if kind is BYTES:
            return id(owner) + at_data, len(owner)
        # An empty object may have no memory of its own, and then only asking for a buffer tells.
        if kind is BYTEARRAY and owner:
            return read_address(id(owner) + at_start).value, len(owner)
        if kind is ARRAY and owner:
            return read_address(id(owner) + at_items).value, len(owner) * owner.itemsize
        if kind is VIEW and not is_released(owner):
            return address_of_view(owner), owner.nbytes
        if kind is EXPORTER:
            return extent_of_exporter(owner)
        if issubclass(kind, BYTES):
            return id(owner) + at_data, BYTES.__len__(owner)
        try:
            return asked(owner)
        except BaseException:
            return None

    def lock_of_bytearray(owner):
        return LOCKED if read_count(id(owner) + at_exports).value > 0 else UNLOCKED

    def lock_of_array(owner):
        return LOCKED if read_count(id(owner) + at_array_exports).value > 0 else UNLOCKED

    # Does what is read agree with what the interpreter says?
    one, two, three = b"abcdefgh", bytearray(b"abcdefgh"), ARRAY("i", [1, 2, 3])
    del two[:2]
    for owner in (one, two, three):
        if owner is not one and (lock_of_bytearray if owner is two else lock_of_array)(owner) != UNLOCKED:
            raise TypeError("an exporter's exports are not where they were expected")
        view = memoryview(owner)
        start = asked(owner)
        if owner is not one and (lock_of_bytearray if owner is two else lock_of_array)(owner) != LOCKED:
            raise TypeError("an exporter's exports are not where they were expected")
        if extent(owner) != start or address_of_view(view) != start[0]:
            raise TypeError("memory is not where it was expected")
        if address_of_view(view[1:]) != start[0] + view.itemsize or address_of_view(view[::-1]) != start[0] + (
                len(view) - 1) * view.itemsize:
            raise TypeError("a view's memory is not where it was expected")
        view.release()
    globals().update(address_of_view=address_of_view, extent=extent, lock_of_bytearray=lock_of_bytearray,
                     lock_of_array=lock_of_array)
