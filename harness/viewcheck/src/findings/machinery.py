

# What follows runs the steps above and compares what they give. It contains nothing about the defect.

try:
    import json
except ImportError:
    import ujson as json
try:
    import gc
except ImportError:
    gc = None

import sys

NAMES = {"__name__": "__main__"}
STATE = {}
OUT = sys.stdout
# Whether the texts of errors are compared. Only CPython's are specified by CPython.
COMPARES_TEXTS = sys.implementation.name == "cpython"
# Whether the types of errors are compared.
COMPARES_TYPES = True


def prepare():
    """Puts the observer, at the end of this file, in place."""
    Watched.names, Watched.scope = ORDER, NAMES
    NAMES.update(capture())
    plain = LOOKS[VIEW]
    LOOKS[VIEW] = lambda view, depth: with_places(plain(view, depth), view)
    LOOKS[Expected] = lambda value, depth: value.text


def need(name):
    """Binds a module, or what no Python has and is made at the end of this file; exits with 2 if it can't be had."""
    try:
        make = globals().get("make_" + name)
        if make is not None:
            return NAMES.update(make())
        module = __import__(name)
    except Exception:
        say("this Python does not have `%s`: nothing was compared" % name)
        sys.exit(2)
    NAMES[name.split(".")[0]] = module


def say(text):
    OUT.write(text + "\n")
    if hasattr(OUT, "flush"):
        OUT.flush()


# Steps.

NOTHING, UNKNOWN = object(), object()


def step(text, gives=NOTHING, raises=None, prints="", after=None):
    """Runs a step; exits with 1 if it does not behave as expected."""
    say(">>> " + text.replace("\n", "\n... "))
    try:
        found = gave_any(seen_of(run(text)))
    except BaseException as error:
        found, seen = None, raised(error)
    if found is None:
        found = with_printed(seen)
    tidy()
    if gives is UNKNOWN:
        return
    found = json.loads("{%s%s}" % (found and found + ",", '"live":' + observe_live()))
    error = found.get("raised")
    if raises and error and raises[0] == "NameError" and raises[1].split("'")[1] not in NAMES:
        # What else is wrong with a statement that uses an unbound name may be seen first.
        error = raises
    if raises and error and raises[0] == error[0] and not COMPARES_TEXTS:
        if masked(raises[1]) != masked(error[1]):
            say("the text of the error is another, which is not compared: " + error[1])
        error = raises
    if raises and error and not COMPARES_TYPES:
        error = raises
    expected = None if raises or gives is NOTHING else [json.loads(observe(gives))]
    actual = [found["value"]] if "value" in found else None
    if expected and actual:
        expected, actual = fit(expected, actual)
    compare("", result(expected, raises), result(actual, error))
    compare("printed ", repr(prints.rstrip("\n")), repr(found.get("printed", "").rstrip("\n")))
    STATE.update(after or {})
    for name in ORDER:
        state = found["live"].get(name)
        compare("then " + name + " is ", fit_state(STATE.get(name), state), state_in_words(state))


def tidy():
    """Where objects die late, they die here, and not at a time that no program tells."""
    if gc is not None and sys.implementation.name != "cpython":
        gc.collect()


def run(text):
    """Runs a step and gives its value: that of an expression, or of the name that it binds."""
    before, _, last = text.rpartition("\n")
    if last.startswith(" "):
        # A block.
        before, last = text, ""
    if before:
        exec(before, NAMES)
    if not last:
        return bound([line for line in text.split("\n") if not line.startswith(" ")][-1])
    try:
        compile(last, "<step>", "eval")
    except SyntaxError:
        exec(last, NAMES)
        return bound(last)
    # Brython can't run what it has compiled.
    return eval(last, NAMES)


def bound(line):
    """What a statement binds that begins so, which is the value of its step."""
    words = line.replace("(", " ").replace(":", " ").split(" ")
    name = words[words[0] in ("def", "class")]
    return NAMES[name] if name in ORDER else NOTHING


def seen_of(value):
    return NOTHING if value is NOTHING else observe(value)


def gave_any(seen):
    return gave_nothing() if seen is NOTHING else gave(seen)


def compare(what, expected, actual):
    if masked(expected) != masked(actual):
        say("expected: %s%s" % (what, expected))
        say("actual:   %s%s" % (what, actual))
        sys.exit(1)


INTERNAL = ": bad argument to internal function"


def masked(text):
    """A text without addresses, and without the line of CPython's source."""
    if text.endswith(INTERNAL):
        return "..." + INTERNAL
    parts = text.split(" at 0x")
    return " at 0x...".join(parts[:1] + [part.lstrip("0123456789abcdefABCDEF.") for part in parts[1:]])


# Values as they should be, that are not written as in Python.

class Expected:
    """A value, by what is to be observed of it."""

    def __init__(self, text):
        self.text = text


HASH, ANY, RELEASED = Expected('{"hash":true}'), Expected('{"any":true}'), Expected('{"view":"released"}')


def Other(kind):
    """An object of which only the name of the type matters."""
    return Expected('{"object":%s}' % quote(kind))


def Type(name):
    return Expected('{"type":%s}' % quote(name))


def Slice(*parts):
    return Expected('{"slice":[%s]}' % ",".join(map(observe, parts)))


def View(of, at, format, itemsize, shape, strides, readonly, suboffsets=()):
    """A memoryview whose first item is at byte `at` of the object with the name `of`; outside of it if that is None."""
    is_named = not of.startswith("an unnamed ")
    parts = ['"of":' + quote(of) if is_named else '"type":' + quote(of[len("an unnamed "):])]
    if at is not UNKNOWN:
        parts.append('"offset":%s' % ("null" if at is None else at))
    parts.append('"format":%s,"itemsize":%d,"readonly":%s' % (quote(format), itemsize, "true" if readonly else "false"))
    axes = (("shape", shape), ("strides", strides), ("suboffsets", suboffsets))
    parts.extend(['"%s":[%s]' % (name, ",".join(map(str, axis))) for name, axis in axes])
    count = itemsize
    for length in shape:
        count *= length
    if is_named and type(at) is int and not suboffsets and count <= MANY_BYTES:
        starts = [at]
        for length, stride in zip(shape, strides):
            starts = [start + index * stride for start in starts for index in range(length)]
        places = [start + byte for start in starts for byte in range(itemsize)]
        parts.append('"places":[%s]' % ",".join(map(str, places)))
    return Expected('{"view":{%s}}' % ",".join(parts))


# Which bytes a view covers.

MANY_BYTES = 256


def with_places(text, view):
    """Adds to the observation of a view the bytes of its exporter that it covers, where that can be found out."""
    try:
        places = find_places(view) if text.startswith('{"view":{"') else None
    except Exception:
        places = None
    return text if places is None else '%s,"places":[%s]}}' % (text[:-2], ",".join(map(str, places)))


def find_places(view):
    """Changes one byte of the exporter after the other, and looks which bytes of the view follow."""
    owner = view.obj
    if type(owner) not in (BYTEARRAY, ARRAY) or not name_of(owner) or view.suboffsets or view.nbytes > MANY_BYTES:
        return None
    found = [-1] * view.nbytes
    with memoryview(owner) as whole, whole.cast("B") as memory:
        # Lists, because the bytes that Brython gives change with the exporter.
        before = list(view.tobytes())
        for place in range(len(memory)):
            memory[place] ^= 0xFF
            try:
                after = list(view.tobytes())
            finally:
                memory[place] ^= 0xFF
            for index in range(min(len(before), len(after), len(found))):
                if before[index] != after[index]:
                    found[index] = place
    return found


# What of an observation, which is JSON, is compared.

def fit(expected, actual):
    """Both, without what is not to be compared, as this Python can't show it."""
    if type(expected) is list and type(actual) is list and len(expected) == len(actual):
        pairs = [fit(*pair) for pair in zip(expected, actual)]
        return [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    key = kind_of(expected)
    if key == "any" or key == "hash" and (type(actual) is int or kind_of(actual) == "int"):
        return actual, actual
    if key == "view" and kind_of(actual) == "view":
        expected, actual = expected["view"], actual["view"]
        if "released" not in (expected, actual):
            expected, actual = common(expected, actual), common(actual, expected)
        return {"view": expected}, {"view": actual}
    if key == "tuple" and kind_of(actual) == "tuple":
        expected, actual = fit(expected[key], actual[key])
        return {key: expected}, {key: actual}
    return expected, actual


def kind_of(seen):
    return list(seen)[0] if type(seen) is dict else None


def common(view, other):
    """What there is of a view, without what only sometimes can be seen, and is not of the other, or never."""
    global SAMPLE
    if SAMPLE is None:
        SAMPLE = json.loads(observe(memoryview(bytearray(b"abcdef"))[2:]))["view"]
        if "type" in SAMPLE:
            SAMPLE["of"] = None
    sometimes = ("offset", "places")
    return {key: view[key] for key in view if (key in other if key in sometimes else key in SAMPLE)}


SAMPLE = None


def fit_state(expected, state):
    """The state that is expected, without what this Python can't show."""
    expected = expected or NO_MEMORY
    if expected.startswith("a view over ") and '"over"' not in live_view(memoryview(bytearray(b"a"))):
        return "a view"
    memory = state.get("over", state) if state else {}
    if "content" in memory and "locked" not in memory:
        for lock in (", not locked", ", locked"):
            if expected.endswith(lock):
                return expected[:-len(lock)]
    return expected
