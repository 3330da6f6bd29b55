"""Where memory lies and whether it is exported, read from the structures of CPython's objects.

Reading changes nothing: no buffer is asked for, and no object is resized. The structures are those of every CPython
from 3.6 on, as far as they are read here; what is found in them is compared with what the interpreter itself says
before it is believed. Other Pythons are asked for the addresses of memory in the ways that ctypes and cffi have, if
that leaves no export behind; what they can't tell is left out.
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

    # Before a view's Py_buffer are its managed buffer, hash, flags and exports; behind it are its weak references.
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

    def offset_of(view, owner):
        place = extent(owner)
        if place is not None:
            offset = address_of_view(view) - place[0]
            if -NEAR <= offset <= place[1] + NEAR:
                return ',"offset":%d' % offset
        return ',"offset":null'

    globals().update(offset_of=offset_of, lock_of_bytearray=lock_of_bytearray, lock_of_array=lock_of_array)


def addresses_by_ctypes():
    """Of memory that can be written. It is exported as long as the object lives that has its address."""
    make, address = ctypes.c_char.from_buffer, ctypes.addressof
    return lambda thing: address(make(thing))


def addresses_by_cffi():
    """PyPy has this, and can give the memory back at once."""
    from _cffi_backend import FFI
    ffi = FFI()

    def find(thing):
        memory = ffi.from_buffer(thing)
        try:
            return int(ffi.cast("uintptr_t", memory))
        finally:
            ffi.release(memory)

    return find


def ask_for_addresses(find):
    """Finds offsets by asking for addresses. Raises if that does not work, or leaves an export behind."""
    def offset_of(view, owner):
        try:
            first = find(owner)
            try:
                place = find(view) - first
            except Exception:
                # It is not contiguous; its first item is.
                with view[:1] as part:
                    place = find(part) - first
            with memoryview(owner) as whole:
                length = whole.nbytes
            # Some Pythons copy what is not contiguous.
            return ',"offset":%d' % place if 0 <= place < length else ""
        except Exception:
            return ""

    for owner in (BYTEARRAY(b"abcdefgh"), ARRAY("B", b"abcdefgh")):
        with memoryview(owner) as view:
            with view[2:] as part:
                found = offset_of(part, owner)
        owner.append(0)
        if found != ',"offset":2':
            raise TypeError("memory is not where it was expected")
    globals()["offset_of"] = offset_of


def find_memory():
    """Puts in place what tells most."""
    for way in (read_structures, lambda: ask_for_addresses(addresses_by_cffi()),
                lambda: ask_for_addresses(addresses_by_ctypes())):
        try:
            return way()
        except Exception:
            pass
