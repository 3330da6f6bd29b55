"""What an object is, as text: how values, views, addresses, locks and live objects are observed.

Two observations are equal exactly if their texts are equal, so a process and a stand-alone script can both compare
them. The texts are JSON and pure ASCII. Nothing here changes an object or keeps one alive, and no code of a program
runs, unless an exporter that it defines is asked for its buffer. What a Python lacks is left out, in the ways that
tests find to work: nothing is used that MicroPython lacks, unless it is looked for first. `memory.py` tells addresses.
"""

import sys

try:
    import struct
except ImportError:
    struct = None
try:
    import array
except ImportError:
    array = None
try:
    import ctypes
except ImportError:
    ctypes = None

# How deep lists, tuples and slices are followed.
MAX_DEPTH = 70
# How far outside of its exporter's memory a view's first item may lie and still have an offset.
NEAR = 1 << 16
# The ints that any reader of JSON keeps exact.
EXACT = 1 << 53
# The ints that are shown in decimal.
LARGE = 1 << 64

VIEW, BYTES, BYTEARRAY = memoryview, bytes, bytearray
ARRAY = getattr(array, "array", None)
# The type `exporter`, where it can be had.
EXPORTER = None


class Watched:
    """The names that a program is observed by, in their order, and what they are bound to."""

    names = ()
    scope = {}


# Text.

def quote(text):
    """A str as JSON. What is no character is replaced by as many marks as UTF-8 would take bytes for it."""
    quoted = quote_plain(text)
    return quote_each(text) if "\\ud" in quoted else quoted


def quote_each(text):
    parts = ['"']
    for char in text:
        code = ord(char)
        if char == '"' or char == "\\":
            parts.append("\\" + char)
        elif 32 <= code < 127:
            parts.append(char)
        elif 0xD800 <= code < 0xE000:
            parts.append("\\ufffd\\ufffd\\ufffd")
        elif code > 0xFFFF:
            code -= 0x10000
            parts.append("\\u%04x\\u%04x" % (0xD800 + (code >> 10), 0xDC00 + (code & 0x3FF)))
        else:
            parts.append("\\u%04x" % code)
    parts.append('"')
    return "".join(parts)


def find_quote():
    sample = '"\\/\n\x00\x7f\xe9\u20ac\U0001f600'
    try:
        from json.encoder import encode_basestring_ascii
        if encode_basestring_ascii(sample) == '"\\"\\\\/\\n\\u0000\\u007f\\u00e9\\u20ac\\ud83d\\ude00"':
            return encode_basestring_ascii
    except Exception:
        pass
    return quote_each


quote_plain = find_quote()


def hex_of(content):
    return "".join(["%02x" % byte for byte in content])


# MicroPython's `b"".hex()` is `b""`.
if hasattr(bytes, "hex") and hasattr(bytearray, "hex") and type(b"".hex()) is str:
    def hex_of(content):
        return content.hex()


def holds_only_bytes():
    data = bytearray(1)
    try:
        data[0] = -1
    except Exception:
        return True
    return 0 <= data[0] < 256


# A bytearray of Brython takes any int below 256, and then has no `hex()`. An item that is not a byte is left out.
if not holds_only_bytes():
    def hex_of(content):
        return "".join(["%02x" % byte for byte in content if 0 <= byte < 256])


# Values.

def observe(value, depth=0):
    """A value as JSON."""
    look = LOOKS.get(type(value))
    return look(value, depth) if look is not None else observe_other(value)


def observe_int(value, depth):
    if -EXACT < value < EXACT:
        return "%d" % value
    if -LARGE < value < LARGE:
        return '{"int":"%d"}' % value
    # It takes no longer than its digits are many, which are not limited in this form.
    return '{"int":"%s0x%x"}' % ("-" if value < 0 else "", abs(value))


def observe_float(value, depth):
    return '{"float":"%s"}' % hex_of(struct.pack(">d", value))


def observe_complex(value, depth):
    return '{"complex":["%s","%s"]}' % (hex_of(struct.pack(">d", value.real)), hex_of(struct.pack(">d", value.imag)))


def observe_list(value, depth):
    if depth >= MAX_DEPTH:
        return '{"object":"list"}'
    depth += 1
    return "[" + ",".join([observe(item, depth) for item in value]) + "]"


def observe_tuple(value, depth):
    if depth >= MAX_DEPTH:
        return '{"object":"tuple"}'
    depth += 1
    return '{"tuple":[' + ",".join([observe(item, depth) for item in value]) + "]}"


def observe_slice(value, depth):
    if depth >= MAX_DEPTH:
        return '{"object":"slice"}'
    parts = [observe(part, depth + 1) for part in (value.start, value.stop, value.step)]
    return '{"slice":[' + ",".join(parts) + "]}"


def observe_array(value, depth):
    return '{"array":[%s,"%s"]}' % (quote(typecode_of(value)), hex_of(bytes_of_array(value)))


def observe_other(value):
    kind = type(value)
    if issubclass(kind, type):
        return '{"type":%s}' % quote(type_name(value))
    return '{"object":%s}' % quote(type_name(kind))


def type_name(kind):
    """With its module, unless that is the builtins, or the program's own."""
    name = getattr(kind, "__qualname__", None) or kind.__name__
    module = getattr(kind, "__module__", None)
    if module is None:
        return own_name(kind, name)
    return module + "." + name if type(module) is str and module not in ("builtins", "__main__") else name


# The modules of types, where a type does not tell its own.
OWN_MODULES = (("array", "array"), ("io", "_io"), ("struct", "_struct"))


def own_name(kind, name):
    """The name of a type that has no `__module__`, as CPython has it."""
    for module, own in OWN_MODULES:
        try:
            if getattr(__import__(module), name, None) is kind:
                return own + "." + name
        except ImportError:
            pass
    return name


def bytes_of_array(value):
    try:
        return value.tobytes()
    except Exception:
        # An array of Brython takes anything as an item, and then has no bytes.
        return b""


def typecode_of(value):
    return value.typecode


if not hasattr(ARRAY, "tobytes"):
    bytes_of_array = bytes
if not hasattr(ARRAY, "typecode"):
    def typecode_of(value):
        # It is "array('B', ...".
        return repr(value)[7]


# Views.

def observe_view(view, depth=0):
    """A view: its layout, and which bytes of which object it covers."""
    try:
        owner = view.obj
        layout = layout_of(view)
    except ValueError:
        return '{"view":"released"}'
    if owner is None:
        return '{"view":{"type":"NULL","offset":null,%s}}' % layout
    name = name_of(owner)
    root = '"of":' + quote(name) if name is not None else '"type":' + quote(type_name(type(owner)))
    return '{"view":{%s%s,%s}}' % (root, offset_of(view, owner), layout)


def observe_view_partly(view, depth=0):
    """A view of a Python whose views lack some attributes, or have others than CPython's: what there is of them."""
    parts = []
    try:
        owner = view.obj
        name = name_of(owner)
        parts.append('"of":' + quote(name) if name is not None else '"type":' + quote(type_name(type(owner))))
        offset = offset_of(view, owner)
        if offset:
            parts.append(offset[1:])
    except ValueError:
        return '{"view":"released"}'
    except Exception:
        pass
    for name, text_of in ATTRIBUTES:
        try:
            parts.append('"%s":%s' % (name, text_of(getattr(view, name))))
        except ValueError:
            return '{"view":"released"}'
        except Exception:
            pass
    return '{"view":{%s}}' % ",".join(parts)


def exact(kind, text_of):
    """The text of a value of just that type."""
    def checked(value):
        if type(value) is not kind:
            raise TypeError("an attribute of another type")
        return text_of(value)

    return checked


def sizes_partly(axis):
    return "[" + ",".join([exact(int, str)(size) for size in axis]) + "]"


ATTRIBUTES = (
    ("format", exact(str, quote)),
    ("itemsize", exact(int, str)),
    ("readonly", exact(bool, lambda value: "true" if value else "false")),
    ("shape", exact(tuple, sizes_partly)),
    ("strides", exact(tuple, sizes_partly)),
    ("suboffsets", exact(tuple, sizes_partly)),
)


# Layouts are few, and their texts take long to make.
LAYOUTS = {}


def layout_of(view):
    layout = (view.format, view.itemsize, view.readonly, view.shape, view.strides, view.suboffsets)
    text = LAYOUTS.get(layout)
    if text is None:
        if len(LAYOUTS) > 10000:
            LAYOUTS.clear()
        text = '"format":%s,"itemsize":%d,"readonly":%s,"shape":%s,"strides":%s,"suboffsets":%s' % (
            quote(layout[0]), layout[1], "true" if layout[2] else "false", sizes(layout[3]), sizes(layout[4]),
            sizes(layout[5]))
        LAYOUTS[layout] = text
    return text


def sizes(axis):
    return "[" + ",".join(["%d" % size for size in axis]) + "]"


def name_of(owner):
    """The first name that is bound to an object. Equal bytes count as the same, as Python may share them."""
    names, scope = Watched.names, Watched.scope
    is_bytes = type(owner) is BYTES
    # Whether short bytes are one object is nothing to compare.
    if not is_bytes or len(owner) > 1:
        for name in names:
            if scope.get(name) is owner:
                break
        else:
            return None
        if not is_bytes:
            return name
    for name in names:
        other = scope.get(name)
        if type(other) is BYTES and other == owner:
            return name
    return None


def is_released(view):
    try:
        view.nbytes
    except ValueError:
        return True
    return False


def offset_of(view, owner):
    """Where a view's first item lies in the memory of its exporter, as a member of an object in JSON. Null if that is
    outside, nothing if it can't be known."""
    return ""


# Live objects.

def observe_live():
    """The state of every name that is bound to a mutable exporter or to a view."""
    found = []
    scope = Watched.scope
    for name in Watched.names:
        thing = scope.get(name)
        look = LIVE.get(type(thing))
        if look is not None:
            text = look(thing)
            if text is not None:
                found.append(quote(name) + ":" + text)
    return "{" + ",".join(found) + "}"


def live_bytearray(thing):
    return '{"content":"%s"%s}' % (hex_of(thing), lock_of_bytearray(thing))


def live_array(thing):
    return '{"content":"%s"%s}' % (hex_of(bytes_of_array(thing)), lock_of_array(thing))


def live_view(view):
    try:
        owner = view.obj
    except ValueError:
        return '{"released":true}'
    except AttributeError:
        return '{"released":false}'
    look = EXPORTERS.get(type(owner))
    if look is not None and name_of(owner) is None:
        text = look(owner)
        if text is not None:
            return '{"released":false,"over":%s}' % text
    return '{"released":false}'


LOCKED, UNLOCKED = ',"locked":true', ',"locked":false'


def lock_unknown(owner):
    return ""


def lock_never(owner):
    return UNLOCKED


def lock_by_resizing(owner):
    """Whether it refuses to be resized, as it must while something exports its buffer."""
    try:
        owner.append("\0" if getattr(owner, "typecode", "") in ("u", "w") else 0)
    except BufferError:
        return LOCKED
    owner.pop()
    return UNLOCKED


def find_lock(owner):
    """How to see whether such an object is locked."""
    try:
        # What can't be undone is not tried.
        owner.pop
        # Brython only looks for views among variables, and where it finds none the object is unlocked from then on.
        views = [memoryview(owner)]
        locked = lock_by_resizing(owner)
        views[0].release()
        if locked == LOCKED and lock_by_resizing(owner) == UNLOCKED and len(owner) == 1:
            return lock_by_resizing
    except Exception:
        pass
    return lock_unknown


lock_of_bytearray = find_lock(BYTEARRAY(b"a"))
lock_of_array = lock_unknown if ARRAY is None else find_lock(ARRAY("B", b"a"))
if lock_of_array is lock_unknown and lock_of_bytearray is lock_by_resizing:
    # PyPy locks bytearrays, and no arrays.
    lock_of_array = lock_never

LOOKS = {
    type(None): lambda value, depth: "null",
    bool: lambda value, depth: "true" if value else "false",
    int: observe_int,
    float: observe_float,
    BYTES: lambda value, depth: '{"bytes":"%s"}' % hex_of(value),
    BYTEARRAY: lambda value, depth: '{"bytearray":"%s"}' % hex_of(value),
    str: lambda value, depth: quote(value),
    list: observe_list,
    tuple: observe_tuple,
    slice: observe_slice,
    type(...): lambda value, depth: '{"ellipsis":true}',
    complex: observe_complex,
    VIEW: observe_view,
}
# The exporters that can be written to, and what else is alive.
EXPORTERS = {BYTEARRAY: live_bytearray}
if ARRAY is not None:
    LOOKS[ARRAY] = observe_array
    EXPORTERS[ARRAY] = live_array
LIVE = dict(EXPORTERS)
LIVE[VIEW] = live_view
try:
    if layout_of(VIEW(b"ab")) != (
            '"format":"B","itemsize":1,"readonly":true,"shape":[2],"strides":[1],"suboffsets":[]'):
        LOOKS[VIEW] = observe_view_partly
except Exception:
    LOOKS[VIEW] = observe_view_partly
