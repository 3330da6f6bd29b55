

# What follows tells in words what was observed.

def result(values, error):
    if error:
        return "%s: %s" % (error[0], masked(error[1]))
    return in_words(values[0]) if values else "nothing"


def told(value):
    """Describes a value such that equal texts mean the same value of the same type."""
    return in_words(json.loads(observe(value)))


def in_words(seen):
    if type(seen) is list:
        return "[%s]" % ", ".join(map(in_words, seen))
    if type(seen) is not dict:
        return readable(seen)
    kind = kind_of(seen)
    value = seen[kind]
    if kind == "tuple":
        return "(%s)" % "".join([in_words(item) + ", " for item in value]).rstrip()
    if kind == "view":
        return "a released view" if value == "released" else view_in_words(value)
    return WORDS[kind](value)


try:
    readable = ascii
except NameError:
    readable = repr


def unhex(text):
    return bytes([int(text[at:at + 2], 16) for at in range(0, len(text), 2)])


def float_of(text):
    return struct.unpack(">d", unhex(text))[0]


WORDS = {
    "int": str,
    "float": lambda text: repr(float_of(text)),
    "complex": lambda parts: repr(complex(*map(float_of, parts))),
    "bytes": lambda text: repr(unhex(text)),
    "bytearray": lambda text: "bytearray(%r)" % unhex(text),
    "slice": lambda parts: "slice(%s)" % ", ".join(map(in_words, parts)),
    "ellipsis": lambda value: "Ellipsis",
    "type": lambda name: "the type " + name,
    "array": lambda parts: "array(%r, %r)" % (parts[0], unhex(parts[1])),
    "object": lambda kind: "an object of the type " + kind,
    "hash": lambda value: "a hash",
    "any": lambda value: "any value",
}


def view_in_words(view):
    text = "a view"
    if "offset" in view:
        text += " outside" if view["offset"] is None else " from byte %d" % view["offset"]
    if "of" in view or "type" in view:
        text += " of " + (view["of"] if "of" in view else "an unnamed " + view["type"])
    words = []
    for name in ("format", "itemsize", "shape", "strides", "suboffsets", "readonly"):
        if name in view:
            value = view[name]
            words.append("%s %r" % (name, tuple(value) if type(value) is list else value))
    if "places" in view:
        words.append("covering bytes %s" % view["places"])
    return text + (": " + ", ".join(words) if words else "")


NO_MEMORY = "nothing with memory"


def state_in_words(state):
    if state is None:
        return NO_MEMORY
    if "released" not in state:
        return memory_in_words(state)
    text = "a released view" if state["released"] else "a view"
    return text + " over " + memory_in_words(state["over"]) if "over" in state else text


def memory_in_words(memory):
    lock = {True: ", locked", False: ", not locked"}.get(memory.get("locked"), "")
    return "%r%s" % (unhex(memory["content"]), lock)
