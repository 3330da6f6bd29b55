"""What a memoryview does in CPython 3.11, written by hand.

A `Memory` stands for an exporter (bytes, bytearray, array.array) and counts the views that lock it. A `View` does
what the view of the same name does: its methods return the same values and raise exceptions of the same types. The
texts of errors are not modelled, nor are views of other exporters, hooks that act in the middle of an operation, and
iterators that outlive a statement. What formats mean is asked of `struct`, what slices mean of `slice.indices`.
"""

import math
import operator
import struct
import sys
from typing import Any, Iterator, List, Optional, Sequence, Tuple

BYTES = "bBc"
INTEGERS = "bBhHiIlLqQnNP"
SIZES = {code: struct.calcsize(code) for code in "c?fd" + INTEGERS}


def pack(code: str, value: Any) -> bytes:
    """The bytes of an item; memoryview takes other values than `struct` does, and has other errors."""
    if code == "?":
        return struct.pack("?", bool(value))
    if code == "c":
        if not isinstance(value, bytes):
            raise TypeError
        if len(value) != 1:
            raise ValueError
        return value
    if code in "fd":
        try:
            value = operator.index(value) if not isinstance(value, float) else value
            return struct.pack(code, float(value))
        except OverflowError:
            if isinstance(value, int):
                raise ValueError from None
            return struct.pack(code, math.copysign(math.inf, value))
    number = operator.index(value)
    try:
        return struct.pack(code, number)
    except (struct.error, OverflowError):
        raise ValueError from None


def index(position: int, length: int) -> int:
    if not -length <= position < length:
        raise IndexError
    return position % length


class Memory:
    """An exporter: its bytes, and how many views there are that it must not be resized under."""

    __slots__ = ("data", "format", "readonly", "exports")

    def __init__(self, data: bytes, code: str, readonly: bool) -> None:
        self.data = bytearray(data)
        self.format = code
        self.readonly = readonly
        self.exports = 0

    def view(self) -> "View":
        size = SIZES[self.format]
        return View(self, 0, self.format, (len(self.data) // size,), (size,), self.readonly)

    def append(self, item: bytes) -> None:
        self.check_unlocked()
        self.data += item

    def pop(self) -> None:
        if not self.data:
            raise IndexError
        self.check_unlocked()
        del self.data[-SIZES[self.format]:]

    def check_unlocked(self) -> None:
        if self.exports:
            raise BufferError


class View:
    """A view: which bytes of the memory it shows, and as what."""

    __slots__ = ("memory", "offset", "format", "shape", "strides", "readonly", "released", "hashed")

    def __init__(self, memory: Memory, offset: int, code: str, shape: Tuple[int, ...], strides: Tuple[int, ...],
                 readonly: bool) -> None:
        self.memory = memory
        self.offset = offset
        self.format = code
        self.shape = shape
        self.strides = strides
        self.readonly = readonly
        self.released = False
        self.hashed: Optional[int] = None
        memory.exports += 1

    # What it is.

    def check(self) -> None:
        if self.released:
            raise ValueError

    @property
    def code(self) -> str:
        return self.format[-1]

    @property
    def itemsize(self) -> int:
        return SIZES[self.code]

    @property
    def nbytes(self) -> int:
        return math.prod(self.shape) * self.itemsize

    def packed(self, shape: Sequence[int]) -> Tuple[int, ...]:
        """The strides of that shape in C order."""
        strides, stride = [], self.itemsize
        for size in reversed(shape):
            strides.append(stride)
            stride *= size
        return tuple(reversed(strides))

    def contiguous(self, order: str) -> bool:
        if len(self.shape) == 1:
            return self.shape[0] == 1 or self.strides[0] == self.itemsize
        if 0 in self.shape:
            return True
        packed = self.packed(self.shape) if order == "C" else self.packed(self.shape[::-1])[::-1]
        return all(size == 1 or have == want for size, have, want in zip(self.shape, self.strides, packed))

    def look(self) -> Tuple[Any, ...]:
        """All attributes, in the order in which the machine asks for them."""
        self.check()
        c, f = self.contiguous("C"), self.contiguous("F")
        return (self.format, self.itemsize, len(self.shape), self.shape, self.strides, (), self.nbytes, self.readonly,
                c, f, c or f)

    def __len__(self) -> int:
        self.check()
        return self.shape[0] if self.shape else 1

    # Where its items are.

    def offsets(self, axes: Optional[Sequence[int]] = None) -> Iterator[int]:
        """The offsets of all items; `axes` are the dimensions, the slowest first."""
        axes = range(len(self.shape)) if axes is None else axes
        found = [self.offset]
        for axis in axes:
            size, stride = self.shape[axis], self.strides[axis]
            found = [start + i * stride for start in found for i in range(size)]
        return iter(found)

    def place(self, key: Any) -> int:
        """The offset of the item that an index or a tuple of indices names."""
        key = key if isinstance(key, tuple) else (key,)
        if len(key) > len(self.shape):
            raise TypeError
        if len(key) < len(self.shape):
            raise NotImplementedError
        steps = [index(i, size) * stride for i, size, stride in zip(key, self.shape, self.strides)]
        return self.offset + sum(steps)

    def item(self, offset: int) -> Any:
        return struct.unpack_from(self.code, self.memory.data, offset)[0]

    # Items and slices.

    def __getitem__(self, key: Any) -> Any:
        self.check()
        if isinstance(key, slice) and self.shape:
            return self.part(key)
        if isinstance(key, slice) or isinstance(key, int) and not self.shape:
            raise TypeError
        if isinstance(key, tuple) and any(isinstance(i, slice) for i in key):
            raise NotImplementedError if self.shape else TypeError
        if isinstance(key, int) and not -2**63 <= key < 2**63:
            raise IndexError
        return self.item(self.place(key))

    def part(self, key: slice) -> "View":
        start, stop, step = key.indices(self.shape[0])
        length = len(range(start, stop, step))
        # A step is clipped to a machine word, and its product with the stride wraps around.
        stride = self.strides[0] * max(-sys.maxsize, min(sys.maxsize, step))
        stride = (stride + sys.maxsize + 1) % (2 * sys.maxsize + 2) - sys.maxsize - 1
        return View(self.memory, self.offset + start * self.strides[0], self.format, (length,) + self.shape[1:],
                    (stride,) + self.strides[1:], self.readonly)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.check()
        if self.readonly:
            raise TypeError
        if isinstance(key, slice):
            return self.assign(key, value)
        if isinstance(key, int) and not self.shape:
            raise TypeError
        offset = self.place(key)
        self.memory.data[offset:offset + self.itemsize] = pack(self.code, value)

    def assign(self, key: slice, source: Any) -> None:
        """`source` is a view, or bytes, or something that is no buffer."""
        if not self.shape:
            raise TypeError
        if len(self.shape) > 1:
            raise NotImplementedError
        if isinstance(source, View):
            source.check()
            code, shape = source.code, source.shape
        elif isinstance(source, bytes):
            code, shape = "B", (len(source),)
        else:
            raise TypeError
        start, stop, step = key.indices(self.shape[0])
        places = range(start, stop, step)
        if code != self.code or shape != (len(places),):
            raise ValueError
        data = source.tobytes() if isinstance(source, View) else source
        size = self.itemsize
        for number, place in enumerate(places):
            offset = self.offset + place * self.strides[0]
            self.memory.data[offset:offset + size] = data[number * size:(number + 1) * size]

    # Other views of the memory.

    def again(self) -> "View":
        self.check()
        return View(self.memory, self.offset, self.format, self.shape, self.strides, self.readonly)

    def toreadonly(self) -> "View":
        view = self.again()
        view.readonly = True
        return view

    def cast(self, code: str, shape: Optional[Sequence[int]] = None) -> "View":
        self.check()
        if not self.contiguous("C"):
            raise TypeError
        if (shape is not None or len(self.shape) != 1) and 0 in self.shape:
            raise TypeError
        if shape is not None and len(shape) > 64:
            raise ValueError
        if shape is not None and len(self.shape) != 1 and len(shape) != 1:
            raise TypeError
        code.encode("ascii")
        if code.removeprefix("@") not in SIZES:
            raise ValueError
        if self.code not in BYTES and code[-1] not in BYTES:
            raise TypeError
        size = SIZES[code[-1]]
        if self.nbytes % size:
            raise TypeError
        if shape is None:
            shape = (self.nbytes // size,)
        else:
            if any(length <= 0 for length in shape) or math.prod(shape) * size >= 2**63:
                raise ValueError
            if math.prod(shape) * size != self.nbytes:
                raise TypeError
        view = View(self.memory, self.offset, code, tuple(shape), (), self.readonly)
        view.strides = view.packed(view.shape)
        return view

    def release(self) -> None:
        if not self.released:
            self.released = True
            self.memory.exports -= 1

    def leave(self) -> None:
        """A `with` block that does nothing."""
        self.check()
        self.release()

    # Its contents as other objects.

    def tolist(self) -> Any:
        self.check()
        items = [self.item(offset) for offset in self.offsets()]
        for size in reversed(self.shape[1:]):
            rows = len(items) // size if size else 0
            items = [items[i * size:(i + 1) * size] for i in range(rows)]
        if 0 in self.shape[1:]:
            return self.hollow(self.shape)
        return items if self.shape else items[0]

    def hollow(self, shape: Sequence[int]) -> List[Any]:
        return [self.hollow(shape[1:]) for _ in range(shape[0])]

    def tobytes(self, order: Optional[str] = None) -> bytes:
        self.check()
        if order not in (None, "C", "F", "A"):
            raise ValueError
        fortran = order == "F" or order == "A" and self.contiguous("F") and not self.contiguous("C")
        axes = range(len(self.shape))
        data, size = self.memory.data, self.itemsize
        return b"".join([data[at:at + size] for at in self.offsets(axes[::-1] if fortran else axes)])

    def hex(self, *arguments: Any) -> str:
        # Arguments that no separator can be are refused first.
        b"".hex(*arguments)
        return self.tobytes().hex(*arguments)

    def items(self) -> List[Any]:
        """All items, by iteration; the dimensions are looked at before the view is found to be released."""
        if not self.shape:
            raise TypeError
        if len(self.shape) != 1:
            raise NotImplementedError
        return self.tolist()

    # Comparison.

    def equals(self, other: Any) -> bool:
        """`other` is a view, or bytes, or something that is no buffer."""
        if self.released or isinstance(other, View) and other.released:
            return self is other
        if isinstance(other, View):
            return self.alike(other.shape) and self.tolist() == other.tolist()
        return isinstance(other, bytes) and self.alike((len(other),)) and self.tolist() == list(other)

    def alike(self, shape: Sequence[int]) -> bool:
        """Whether the shapes are equal, or equal as far as a dimension without items."""
        if len(shape) != len(self.shape):
            return False
        for mine, its in zip(self.shape, shape):
            if mine != its:
                return False
            if mine == 0:
                break
        return True

    def hash(self) -> int:
        if self.hashed is None:
            self.check()
            if not self.readonly or self.code not in BYTES:
                raise ValueError
            if not self.memory.readonly:
                raise TypeError
            self.hashed = hash(self.tobytes())
        return self.hashed
