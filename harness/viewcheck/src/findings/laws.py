

# What follows runs the steps of the law and checks that it holds.


class Raised:
    """The result of a step that raised."""

    def __init__(self, error):
        self.kind = type(error).__name__
        self.text = self.kind + ": " + masked(str(error))

    def compared(self):
        """What is compared of it."""
        return self.text if COMPARES_TEXTS else self.kind if COMPARES_TYPES else "an error"


def law(name, steps, holds):
    """Runs the steps of a law; exits with 1 if it does not hold for `o`, the list of their results."""
    o = []
    for text in steps:
        say(">>> " + text)
        try:
            o.append(run(text))
        except BaseException as error:
            o.append(Raised(error))
        tidy()
        say(shown(o[-1]))
    if not holds(o):
        say("this violates the law " + name)
        sys.exit(1)


def shown(value):
    return value.text if type(value) is Raised else told(value)


def same(one, other):
    one, other = both(one, other)
    return one == other


def both(one, other):
    """Two results in words, without what can be seen of one of them only."""
    if type(one) is type(other) is Raised:
        return one.compared(), other.compared()
    if Raised in (type(one), type(other)):
        return shown(one), shown(other)
    return tuple(map(in_words, fit(json.loads(observe(one)), json.loads(observe(other)))))


def flat(items):
    return [item for part in items for item in flat(part)] if type(items) is list else [items]


def product(sizes, result):
    for size in sizes:
        result *= size
    return result


def is_twin(o):
    view, twin = both(o[0], o[1])
    return type(o[0]) is not memoryview or twin == view.replace("readonly False", "readonly True")


def is_refused(value):
    return type(value) is Raised and value.text.startswith("NotImplementedError")


def is_subscripted(o):
    items, *found, shape = o
    keys = [[0] * len(shape), [size - 1 for size in shape], [-(size // 2) - 1 for size in shape]]
    return all(same(seen, under(items, key)) for seen, key in zip(found, keys))


def under(items, key):
    for index in key:
        items = items[index] if type(items) is list and -len(items) <= index < len(items) else ...
    return items


def is_packed(items, data, format):
    if type(format) is not str:
        # Not every Python has the attribute.
        return True
    size, items = struct.calcsize(format), flat(items)
    if type(data) is not bytes or len(data) != size * len(items):
        return False
    parts = [data[at * size:at * size + size] for at in range(len(items))]
    try:
        return all(is_item(item, part, format) for item, part in zip(items, parts))
    except struct.error:
        return False


def is_item(item, part, format):
    if item != item:
        read = struct.unpack(format, part)[0]
        return read != read
    return part != b"\0" if item is True else struct.pack(format, item) == part


def is_ordered(o):
    if type(o[0]) is not bytes or type(o[5]) is not tuple:
        return True
    count = product(o[5], 1)
    size = len(o[0]) // count if count else 0
    turned = b""
    for place in range(count):
        at = 0
        for length in o[5]:
            place, index = divmod(place, length)
            at = at * length + index
        turned += o[0][at * size:at * size + size]
    return same(o[1], o[0]) and same(o[2], turned) and same(o[3], turned if o[4] is True else o[0])


def is_contiguous(o):
    if any(type(value) is Raised for value in o[:4]):
        return True
    shape, strides, suboffsets, itemsize = o[:4]
    dimensions = list(zip(shape, strides))
    c, fortran = is_dense(dimensions[::-1], itemsize), is_dense(dimensions, itemsize)
    c, fortran = c and not suboffsets, fortran and not suboffsets
    return same(o[4:], [c, fortran, c or fortran])


def is_dense(dimensions, expected):
    for length, stride in dimensions:
        if length != 1 and stride != expected:
            return False
        expected *= length
    return True
