"""A memoryview and its model, side by side: every operation is done with both, and must come to the same.

Both peers draw the arguments of these operations from the pools at the top, and make programs of `LENGTH` of them.
Positions of exporters and views are taken modulo how many there are, so that every draw is an operation.
"""

import array
from typing import Any, Callable, List, Optional, Tuple

from model import SIZES as ITEM_SIZES, Memory, View

LENGTH = 14

# What arguments are drawn from. What stands twice is drawn twice as often.
KINDS = ["bytearray", "bytearray", "bytearray", "bytes", "bytes"] + list("bBhHiIlLqQfd")
SIZES = [0, 1, 2, 3, 4, 4, 6, 6, 8, 8, 8, 12, 12, 16, 24]
FORMATS = list("bBchHiIlLqQnNfd?P") + ["b", "B", "c", "h", "i", "@B", "@h", "<h", "x", "BB", "", "\xe9"]
SHAPES = [None, None, None, [], [1], [2], [3], [4], [6], [8], [12], [0], [-1], [2**62, 4], [1, 1], [1, 4], [2, 2],
          [2, 3], [3, 2], [2, 4], [4, 2], [2, 6], [3, 4], [2, 2, 2], [2, 2, 3], [1] * 65]
HUGE = [2**63 - 1, -2**63, 2**63, -2**64]
BOUNDS = [None, None, None, 0, 1, 1, 2, 2, 3, 4, 5, 6, 8, 9, 12, 13, -1, -1, -2, -3, -4, -6, -8, -9, -12, -13] + HUGE
STEPS = [None, None, None, 1, 1, 2, 2, 3, 5, -1, -1, -2, -3, 0] + HUGE
INDEXES = [0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, -1, -1, -2, -3, -4, -6, -8, -9, -12, -13, True] + HUGE
KEYS = INDEXES + [(), (0,), (0, 0), (1, 0), (0, 1), (1, 1), (1, 2), (-1, -1), (-2, 0), (2, 0), (0, 4), (0, 0, 0),
                  (1, 0, 1), (0, 0, 0, 0)]
VALUES = [0, 1, 2, 97, -1, 127, 128, -128, -129, 255, 256, 2**15 - 1, 2**15, -2**15, 2**16 - 1, 2**16, 2**31 - 1,
          2**31, -2**31, 2**32 - 1, 2**32, 2**63 - 1, 2**63, -2**63, 2**64 - 1, 2**64, True, False, None, "a", b"",
          b"a", b"ab", 0.0, -0.0, 0.1, 0.5, 1.0, -2.5, 1e39, -1e39, 1e-44, float("nan"), float("inf"), 10**400]
SOURCES = [None, 1, b"", b"a", b"ab", b"abc", b"abcd", b"abcdef", b"abcdefgh"]
ORDERS = [None, "C", "F", "A", "X"]
HEXES = [(), (), (":",), (b"-",), (":", 2), (":", -2), (":", 3), ("-", -3), (":", 0), ("::",), ("\xe9",), (":", 2**40)]
OTHERS = [None, 0, "a", b"", b"a", b"abcd", bytes(4), bytes(8)]

ERRORS = (TypeError, ValueError, IndexError, NotImplementedError, BufferError, OverflowError)


class Mismatch(AssertionError):
    """The memoryview is not what the model says."""


def outcome(call: Callable[..., Any], arguments: Tuple[Any, ...]) -> Tuple[Any, Optional[type]]:
    """What a call returns, and the type of what it raises."""
    try:
        return call(*arguments), None
    except ERRORS as error:
        return None, type(error)


def both(call: Callable[..., Any], arguments: Tuple[Any, ...], twin: Callable[..., Any], twins: Tuple[Any, ...]) -> Any:
    """What `call` and its twin of the model return; None if both raise the same."""
    got, raised = outcome(call, arguments)
    wanted, expected = outcome(twin, twins)
    if raised is not expected:
        raise Mismatch(f"{call}: {raised or got!r} in place of {expected or wanted!r}")
    return None if raised else (got, wanted)


def same(call: Callable[..., Any], arguments: Tuple[Any, ...], twin: Callable[..., Any],
         twins: Tuple[Any, ...]) -> None:
    """Both return equal values of equal types."""
    pair = both(call, arguments, twin, twins)
    if pair is not None and repr(pair[0]) != repr(pair[1]):
        raise Mismatch(f"{call}: {pair[0]!r} in place of {pair[1]!r}")


def look(view: memoryview) -> Tuple[Any, ...]:
    return (view.format, view.itemsize, view.ndim, view.shape, view.strides, view.suboffsets, view.nbytes,
            view.readonly, view.c_contiguous, view.f_contiguous, view.contiguous)


def setitem(view: Any, key: Any, value: Any) -> None:
    view[key] = value


def getitem(view: Any, key: Any) -> Any:
    return view[key]


def leave(view: memoryview) -> None:
    with view:
        pass


class Machine:
    """Exporters and views that are alive, each with its model."""

    def __init__(self) -> None:
        self.exporters: List[Tuple[Any, Memory]] = []
        self.views: List[Tuple[memoryview, View]] = []

    def exporter(self, number: int) -> Tuple[Any, Memory]:
        return self.exporters[number % len(self.exporters)]

    def view(self, number: int) -> Tuple[memoryview, View]:
        return self.views[number % len(self.views)]

    def keep(self, pair: Optional[Tuple[Any, Any]]) -> None:
        """A view that was made, and its model: all that can be seen of it without reading it."""
        if pair is None:
            return
        real, view = pair
        if type(real) is not memoryview:
            raise Mismatch(f"{real!r} in place of a view")
        same(look, (real,), view.look, ())
        if not any(real.obj is exporter and memory is view.memory for exporter, memory in self.exporters):
            raise Mismatch("a view of another object")
        self.views.append(pair)

    # Exporters.

    def export(self, kind: str, size: int, first: int) -> None:
        """A new exporter whose bytes are all different, and a view of it."""
        code = kind if len(kind) == 1 else "B"
        if len(kind) == 1:
            size *= array.array(kind).itemsize
        data = bytes([(first + 29 * i) % 256 for i in range(size)])
        real = array.array(kind, data) if len(kind) == 1 else data if kind == "bytes" else bytearray(data)
        memory = Memory(data, code, kind == "bytes")
        self.exporters.append((real, memory))
        self.keep((memoryview(real), memory.view()))

    def append(self, number: int) -> None:
        real, memory = self.exporter(number)
        if not memory.readonly:
            both(real.append, (0,), memory.append, (bytes(ITEM_SIZES[memory.format]),))

    def pop(self, number: int) -> None:
        real, memory = self.exporter(number)
        if not memory.readonly:
            both(real.pop, (), memory.pop, ())

    # Views of views.

    def again(self, number: int) -> None:
        real, view = self.view(number)
        self.keep(both(memoryview, (real,), view.again, ()))

    def slice(self, number: int, start: Optional[int], stop: Optional[int], step: Optional[int]) -> None:
        real, view = self.view(number)
        key = slice(start, stop, step)
        self.keep(both(getitem, (real, key), getitem, (view, key)))

    def cast(self, number: int, code: str, shape: Optional[List[int]]) -> None:
        real, view = self.view(number)
        arguments = (code,) if shape is None else (code, shape)
        self.keep(both(real.cast, arguments, view.cast, arguments))

    def toreadonly(self, number: int) -> None:
        real, view = self.view(number)
        self.keep(both(real.toreadonly, (), view.toreadonly, ()))

    # Items.

    def item(self, number: int, key: Any) -> None:
        real, view = self.view(number)
        same(getitem, (real, key), getitem, (view, key))

    def slices(self, number: int) -> None:
        real, view = self.view(number)
        key = (slice(None), slice(1))
        same(getitem, (real, key), getitem, (view, key))

    def set_item(self, number: int, key: Any, value: Any) -> None:
        real, view = self.view(number)
        both(setitem, (real, key, value), setitem, (view, key, value))
        self.check_contents()

    def assign(self, number: int, start: Optional[int], stop: Optional[int], step: Optional[int], source: Any) -> None:
        real, view = self.view(number)
        key = slice(start, stop, step)
        both(setitem, (real, key, source), setitem, (view, key, source))
        self.check_contents()

    def assign_view(self, number: int, start: Optional[int], stop: Optional[int], step: Optional[int],
                    source: int) -> None:
        real, view = self.view(number)
        other, twin = self.view(source)
        key = slice(start, stop, step)
        both(setitem, (real, key, other), setitem, (view, key, twin))
        self.check_contents()

    # What a view gives.

    def tolist(self, number: int) -> None:
        real, view = self.view(number)
        same(real.tolist, (), view.tolist, ())

    def tobytes(self, number: int, order: Optional[str]) -> None:
        real, view = self.view(number)
        same(real.tobytes, (order,), view.tobytes, (order,))

    def hex(self, number: int, arguments: Tuple[Any, ...]) -> None:
        real, view = self.view(number)
        same(real.hex, arguments, view.hex, arguments)

    def attributes(self, number: int) -> None:
        real, view = self.view(number)
        same(look, (real,), view.look, ())
        same(len, (real,), len, (view,))

    def items(self, number: int) -> None:
        real, view = self.view(number)
        same(list, (real,), view.items, ())

    def contains(self, number: int, value: Any) -> None:
        real, view = self.view(number)
        same(lambda: value in real, (), lambda: value in view.items(), ())

    def equal(self, number: int, other: int) -> None:
        real, view = self.view(number)
        its, twin = self.view(other)
        same(lambda: (real == its, real != its), (), lambda: (view.equals(twin), not view.equals(twin)), ())

    def equal_object(self, number: int, other: Any) -> None:
        real, view = self.view(number)
        same(lambda: (real == other, real != other), (), lambda: (view.equals(other), not view.equals(other)), ())

    def hash(self, number: int) -> None:
        real, view = self.view(number)
        same(hash, (real,), view.hash, ())

    # The end of a view.

    def release(self, number: int) -> None:
        real, view = self.view(number)
        both(real.release, (), view.release, ())

    def leave(self, number: int) -> None:
        real, view = self.view(number)
        both(leave, (real,), view.leave, ())

    def drop(self, number: int) -> None:
        """The last reference to a view goes, without `release`; one view always stays."""
        if len(self.views) > 1:
            self.views.pop(number % len(self.views))[1].release()

    # What holds after every program.

    def check_contents(self) -> None:
        for real, memory in self.exporters:
            if bytes(real) != memory.data:
                raise Mismatch(f"{bytes(real)!r} in place of {bytes(memory.data)!r}")

    def finish(self) -> None:
        """Compares all that is alive, and whether exporters are locked before and after their views are released."""
        self.check_contents()
        for number in range(len(self.views)):
            self.attributes(number)
            self.tolist(number)
        for number in range(len(self.exporters)):
            self.append(number)
        for number in range(len(self.views)):
            self.release(number)
        for number in range(len(self.exporters)):
            self.append(number)
