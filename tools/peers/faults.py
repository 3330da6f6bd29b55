"""Seeded faults of viewcheck's table, `reports/faults.md`, for a real memoryview.

    python faults.py NAME SCRIPT [ARGUMENT]...     runs a script in a Python whose memoryview has that fault
    python faults.py                               prints the names; `none` is one without a fault

viewcheck seeds its faults into its own reference. Other tools test the memoryview of the Python that they run in, so
here a method of memoryview itself is replaced by one with the same name and one wrong behaviour. The type refuses that,
being immutable, until its flag is cleared: this works in CPython 3.10 and 3.11. Everything else stays what it was, and
nothing but that one method becomes slower.

The table was not searched for faults that suit somebody. Every tenth row was taken, from the fifth on. Where a row is
of another type than memoryview, needs a newer Python, or can't be written with what memoryview itself offers, the next
row was taken; where there was none before the next tenth, none was.
"""

import ctypes
import pickle
import runpy
import sys
from typing import Any, Callable, Dict, List, Tuple

Method = Callable[..., Any]
# For each fault: the attributes of memoryview that it replaces, and by what. A replacement gets what it replaces first.
# `none` is no fault: methods are replaced by themselves, to see that nobody notices the replacement as such.
FAULTS: Dict[str, Dict[str, Method]] = {}
CONTIGUITY = ("c_contiguous", "f_contiguous", "contiguous")

kept: List[memoryview] = []


def fault(name: str, *attributes: str) -> Callable[[Method], Method]:
    def register(method: Method) -> Method:
        FAULTS.setdefault(name, {}).update({attribute: method for attribute in attributes})
        return method

    return register


def commit(name: str) -> None:
    """Gives the memoryview of this Python the fault."""
    if sys.implementation.name != "cpython" or sys.version_info[:2] not in ((3, 10), (3, 11)):
        sys.exit("faults.py: methods of memoryview can be replaced in CPython 3.10 and 3.11 only")
    # The flags are the 22nd word of a type.
    flags = ctypes.c_ulong.from_address(id(memoryview) + 21 * ctypes.sizeof(ctypes.c_void_p))
    if flags.value != memoryview.__flags__:
        sys.exit("faults.py: this Python lays types out in another way")
    immutable = 1 << 8
    flags.value &= ~immutable
    for attribute, wrong in FAULTS[name].items():
        setattr(memoryview, attribute, replacement(wrong, attribute))
    flags.value |= immutable


def replacement(wrong: Method, attribute: str) -> Any:
    if attribute in CONTIGUITY:
        get = memoryview.__dict__[attribute].__get__
        return property(lambda view: wrong(get, view))
    honest = getattr(memoryview, attribute, None)

    def method(view: memoryview, *arguments: Any, **named: Any) -> Any:
        return wrong(honest, view, *arguments, **named)

    method.__name__ = attribute
    return method


def is_released(view: memoryview) -> bool:
    try:
        view.itemsize
    except ValueError:
        return True
    return False


def wrapped(part: Any) -> Any:
    """The low 64 bits of an int that has more."""
    if isinstance(part, int) and not -2**63 <= part < 2**63:
        part &= 2**64 - 1
        return part - 2**64 if part >> 63 else part
    return part


def flat(items: Any) -> List[Any]:
    return [one for item in items for one in flat(item)] if isinstance(items, list) else [items]


@fault("none", "__getitem__", "__setitem__", "__len__", "__eq__", "__ne__", "__hash__", "cast", "tobytes", "tolist",
       "hex", "toreadonly", *CONTIGUITY)
def none(honest: Method, view: memoryview, *arguments: Any, **named: Any) -> Any:
    return honest(view, *arguments, **named)


# Slices and indices.


@fault("slice-backwards-stop", "__getitem__")
def slice_backwards_stop(honest: Method, view: memoryview, key: Any) -> Any:
    if isinstance(key, slice) and key.stop is None and isinstance(key.step, int) and key.step < 0:
        key = slice(key.start, 0, key.step)
    return honest(view, key)


@fault("slice-bounds-wrap", "__getitem__", "__setitem__")
def slice_bounds_wrap(honest: Method, view: memoryview, key: Any, *value: Any) -> Any:
    if isinstance(key, slice):
        key = slice(wrapped(key.start), wrapped(key.stop), wrapped(key.step))
    return honest(view, key, *value)


@fault("index-wraps-at-64-bits", "__getitem__", "__setitem__")
def index_wraps(honest: Method, view: memoryview, key: Any, *value: Any) -> Any:
    return honest(view, wrapped(key), *value)


@fault("error-index-text", "__getitem__", "__setitem__")
def error_index_text(honest: Method, view: memoryview, key: Any, *value: Any) -> Any:
    try:
        return honest(view, key, *value)
    except IndexError as error:
        raise IndexError(str(error).replace("out of bounds", "out of range")) from None


# Items.


def unsigned(view: memoryview, item: Any) -> Any:
    if isinstance(item, list):
        return [unsigned(view, one) for one in item]
    return item % 256 if isinstance(item, int) and view.format[-1] == "b" else item


@fault("read-b-unsigned", "__getitem__", "tolist")
def read_b_unsigned(honest: Method, view: memoryview, *key: Any) -> Any:
    return unsigned(view, honest(view, *key))


@fault("write-truncates", "__setitem__")
def write_truncates(honest: Method, view: memoryview, key: Any, value: Any) -> None:
    try:
        honest(view, key, value)
    except ValueError:
        if isinstance(key, slice) or not isinstance(value, int) or is_released(view) or view.format[-1] in "fdc":
            raise
        bits = 8 * view.itemsize
        value &= 2**bits - 1
        is_negative = view.format[-1] in "bhilqn" and value >> bits - 1
        honest(view, key, value - 2**bits if is_negative else value)


@fault("write-float-overflow", "__setitem__")
def write_float_overflow(honest: Method, view: memoryview, key: Any, value: Any) -> None:
    large = isinstance(value, float) and 3.4028235677973366e38 <= abs(value) < float("inf")
    if large and not is_released(view) and view.format[-1] == "f" and not isinstance(key, slice):
        # What else is wrong with it comes first.
        honest(view, key, honest_item(view, key))
        raise OverflowError("float too large to pack with f format")
    honest(view, key, value)


def honest_item(view: memoryview, key: Any) -> Any:
    try:
        return view[key]
    except (TypeError, IndexError, NotImplementedError):
        return 0.0


@fault("item-asked-first", "__setitem__")
def item_asked_first(honest: Method, view: memoryview, key: Any, value: Any) -> None:
    try:
        honest(view, key, value)
    except IndexError:
        if "__index__" in vars(type(value)) and type(value).__module__ != "builtins":
            value.__index__()
        raise


@fault("assign-overlap-backward", "__setitem__")
def assign_overlap_backward(honest: Method, view: memoryview, key: Any, value: Any) -> None:
    if not isinstance(key, slice) or not isinstance(value, memoryview) or is_released(view) or is_released(value):
        return honest(view, key, value)
    if view.obj is not value.obj or view.ndim != 1:
        return honest(view, key, value)
    target = view[key]
    before = memoryview(target.tobytes()).cast(target.format)
    honest(view, key, value)
    honest(target, slice(None), before)
    for i in reversed(range(len(target))):
        honest(target, i, value[i])


# Casts.


@fault("cast-from-the-start", "cast")
def cast_from_the_start(honest: Method, view: memoryview, *arguments: Any, **named: Any) -> memoryview:
    cast = honest(view, *arguments, **named)
    with memoryview(view.obj) as whole:
        if not whole.c_contiguous or cast.nbytes == 0:
            return cast
        start = honest(honest(whole, "B")[:view.nbytes], cast.format, cast.shape)
    return start.toreadonly() if view.readonly else start


@fault("cast-zeros-refused", "cast")
def cast_zeros_refused(honest: Method, view: memoryview, *arguments: Any, **named: Any) -> memoryview:
    cast = honest(view, *arguments, **named)
    if view.nbytes == 0:
        raise TypeError("memoryview: cannot cast view with zeros in shape or strides")
    return cast


@fault("error-cast-shape-type", "cast")
def error_cast_shape_type(honest: Method, view: memoryview, *arguments: Any, **named: Any) -> memoryview:
    try:
        return honest(view, *arguments, **named)
    except ValueError as error:
        if "elements of shape must be integers > 0" in str(error):
            raise TypeError(str(error)) from None
        raise


@fault("lock-kept-by-failed-cast", "cast")
def lock_kept_by_failed_cast(honest: Method, view: memoryview, *arguments: Any, **named: Any) -> memoryview:
    try:
        return honest(view, *arguments, **named)
    except Exception:
        if not is_released(view):
            kept.append(memoryview(view))
        raise


# Attributes.


@fault("len-released", "__len__")
def len_released(honest: Method, view: memoryview) -> int:
    # The honest length is gone with the view.
    return 0 if is_released(view) else honest(view)


def is_odd(view: memoryview) -> bool:
    """Whether it is a view of several dimensions without items, and with other strides than a packed one."""
    packed, stride = [], view.itemsize
    for size in reversed(view.shape):
        packed.append(stride)
        stride *= size
    return view.ndim > 1 and view.nbytes == 0 and view.strides != tuple(reversed(packed))


@fault("contiguous-no-items", *CONTIGUITY)
def contiguous_no_items(honest: Method, view: memoryview) -> bool:
    return honest(view) and not is_odd(view)


@fault("contiguous-no-items", "cast")
def cast_of_no_items(honest: Method, view: memoryview, *arguments: Any, **named: Any) -> memoryview:
    cast = honest(view, *arguments, **named)
    if is_odd(view):
        raise TypeError("memoryview: casts are restricted to C-contiguous views")
    return cast


# Contents.


@fault("tobytes-released-first", "tobytes")
def tobytes_released_first(honest: Method, view: memoryview, *arguments: Any, **named: Any) -> bytes:
    if is_released(view):
        raise ValueError("operation forbidden on released memoryview object")
    return honest(view, *arguments, **named)


@fault("hex-separator-when-needed", "hex")
def hex_separator_when_needed(honest: Method, view: memoryview, *arguments: Any, **named: Any) -> str:
    try:
        return honest(view, *arguments, **named)
    except (TypeError, ValueError) as error:
        if is_released(view) or view.nbytes > 1 or not str(error).startswith("sep "):
            raise
        return honest(view)


# Comparison and iteration.


@fault("equal-released-raises", "__eq__", "__ne__")
def equal_released_raises(honest: Method, view: memoryview, other: Any) -> Any:
    if is_released(view):
        raise ValueError("operation forbidden on released memoryview object")
    return honest(view, other)


@fault("hash-guarded-early", "__hash__")
def hash_guarded_early(honest: Method, view: memoryview) -> int:
    if is_released(view):
        return honest(view)
    guard = pickle.PickleBuffer(view)
    try:
        return honest(view)
    finally:
        guard.release()


@fault("iterate-all-dimensions", "__iter__")
def iterate_all_dimensions(honest: Method, view: memoryview) -> Any:
    try:
        return honest(view)
    except NotImplementedError:
        return iter(flat(view.tolist()))
    except SystemError as error:
        # For a released view these versions return an iterator and set an error, which only C code may ignore.
        raise error.__cause__ from None


@fault("in-by-identity", "__contains__")
def in_by_identity(_: Any, view: memoryview, value: Any) -> bool:
    try:
        items = list(view)
    except TypeError:
        raise TypeError("argument of type 'memoryview' is not iterable") from None
    # Items are compared all the same, so that what comparing does is done.
    value in items
    return any(item is value for item in items)


# Locks.


@fault("toreadonly-writable", "toreadonly")
def toreadonly_writable(honest: Method, view: memoryview) -> memoryview:
    # A view that was read-only already stays so, as it has nothing to be made writable from.
    return memoryview(honest(view)) if is_released(view) else memoryview(view)


def main() -> None:
    names: Tuple[str, ...] = tuple(sys.argv[1:2])
    if not names:
        print("\n".join(FAULTS))
    elif names[0] not in FAULTS or len(sys.argv) < 3:
        sys.exit("usage: faults.py NAME SCRIPT [ARGUMENT]...; without arguments it prints the names")
    else:
        del sys.argv[:2]
        commit(names[0])
        runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
