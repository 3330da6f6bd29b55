"""A toy runtime that speaks the protocol of `docs/protocol.md` itself. It runs no Python text: it takes operations.

It has bytes, bytearray, and views of one dimension with items of one byte. It is wrong in three ways:

  start   a slice with a negative step starts one item too early
  lock    release() does not unlock the exporter
  copy    what is written through a slice of a view goes to a copy

`toy.py --right` has none of these faults, `toy.py --only=lock` has one. viewcheck appends the path of its own runner to
the command, which a program like this one ignores.
"""

import builtins
import json
import struct
import sys

FAULTS = {"start", "lock", "copy"}
for argument in sys.argv[1:]:
    if argument == "--right":
        FAULTS = set()
    elif argument.startswith("--only="):
        FAULTS = {argument[len("--only="):]}


class Raised(Exception):
    """An exception of the program: the name of its type, and its text."""


class Unsupported(Exception):
    """What the toy lacks, as a noun phrase."""


# ---- The objects. None, bools, ints, floats, strs, lists, tuples and slices are those of the Python below.

class Memory:
    """A bytes or a bytearray."""

    def __init__(self, kind, data):
        self.kind, self.data, self.exports = kind, bytearray(data), 0


class View:
    """A memoryview: every `step`th byte of its exporter, from `start` on."""

    def __init__(self, owner, start, length, step, is_part):
        self.owner, self.start, self.length, self.step, self.is_part = owner, start, length, step, is_part
        self.is_released = False
        self.is_counted = True
        owner.exports += 1

    def release(self):
        self.is_released = True
        if "lock" not in FAULTS:
            self.unlock()

    def unlock(self):
        if self.is_counted:
            self.is_counted = False
            self.owner.exports -= 1

    __del__ = unlock

    def places(self):
        if self.is_released:
            raise Raised("ValueError", "operation forbidden on released memoryview object")
        return range(self.start, self.start + self.length * self.step, self.step)

    def content(self):
        # A view that starts too early reads something else, and does not end the toy.
        data = self.owner.data
        return bytes(data[place % len(data)] for place in self.places())


# ---- The operations. Each is a function of its operands.

def content_of(thing):
    if isinstance(thing, Memory):
        return bytes(thing.data)
    if isinstance(thing, View):
        return thing.content()
    raise Unsupported("a buffer of that type")


def make_view(thing):
    if isinstance(thing, Memory):
        return View(thing, 0, len(thing.data), 1, False)
    if isinstance(thing, View):
        thing.places()
        return View(thing.owner, thing.start, thing.length, thing.step, thing.is_part)
    raise Raised("TypeError", "memoryview: a bytes-like object is required")


def make(kind):
    return lambda source: Memory(kind, content_of(source))


def index_of(key, length):
    if not isinstance(key, int):
        raise Raised("TypeError", "an index must be an int")
    if not -length <= key < length:
        raise Raised("IndexError", "index out of range")
    return key % length


def bounds(key, length):
    try:
        return key.indices(length)
    except (TypeError, ValueError) as error:
        raise Raised(type(error).__name__, str(error)) from None


def get(container, key):
    if isinstance(container, View):
        places = container.places()
        if isinstance(key, slice):
            start, stop, step = bounds(key, container.length)
            length = len(range(start, stop, step))
            if step < 0 and "start" in FAULTS:
                start -= 1
            step = max(-sys.maxsize, min(step, sys.maxsize))
            offset = container.start + start * container.step
            return View(container.owner, offset, length, container.step * step, True)
        if isinstance(key, tuple):
            raise Unsupported("a tuple as a key")
        return container.owner.data[places[index_of(key, container.length)]]
    if isinstance(container, Memory):
        if isinstance(key, slice):
            bounds(key, 0)
            return Memory(container.kind, container.data[key])
        return container.data[index_of(key, len(container.data))]
    raise Unsupported("a subscript of that type")


def set_item(container, key, value):
    if isinstance(key, tuple) or not isinstance(container, (Memory, View)):
        raise Unsupported("an assignment to that subscript")
    if isinstance(container, Memory):
        return set_in_memory(container, key, value)
    places, data = container.places(), container.owner.data
    if container.owner.kind == "bytes":
        raise Raised("TypeError", "cannot modify read-only memory")
    if "copy" in FAULTS and container.is_part:
        data = bytearray(data)
    if not isinstance(key, slice):
        place = places[index_of(key, len(places))]
        data[place % len(data)] = byte_of(value)
        return
    if not isinstance(value, (Memory, View)):
        raise Raised("TypeError", "a bytes-like object is required")
    new = content_of(value)
    bounds(key, 0)
    part = places[key]
    if len(part) != len(new):
        raise Raised("ValueError", "the lengths differ")
    for place, byte in zip(part, new):
        data[place % len(data)] = byte


def set_in_memory(memory, key, value):
    if memory.kind == "bytes":
        raise Raised("TypeError", "'bytes' object does not support item assignment")
    if isinstance(key, slice):
        raise Unsupported("an assignment to a slice of a bytearray")
    index_of(key, sys.maxsize)
    memory.data[index_of(key, len(memory.data))] = byte_of(value)


def byte_of(value):
    if not isinstance(value, int):
        raise Raised("TypeError", "an item must be an int")
    if not 0 <= value < 256:
        raise Raised("ValueError", "an item must be in range(0, 256)")
    return value


def length_of(thing):
    if isinstance(thing, View):
        return len(thing.places())
    if isinstance(thing, Memory):
        return len(thing.data)
    raise Unsupported("`len` of that type")


def equal(left, right):
    if left is right:
        return True
    for side in (left, right):
        if not isinstance(side, (Memory, View)):
            raise Unsupported("`==` with that type")
        if isinstance(side, View) and side.is_released:
            return False
    return content_of(left) == content_of(right)


def method_of(kind, function):
    """A method of one type."""
    def method(receiver):
        if not isinstance(receiver, kind):
            raise Unsupported("that method of that type")
        return function(receiver)

    return method


def add_bytes(target, added):
    if not isinstance(target, Memory) or target.kind != "bytearray":
        raise Unsupported("that change of that type")
    if target.exports and added:
        raise Raised("BufferError", "Existing exports of data: object cannot be re-sized")
    target.data += added


def append(target, item):
    if not isinstance(item, int) or not 0 <= item < 256:
        raise Unsupported("`append` with that item")
    add_bytes(target, bytes([item]))


def add_in_place(target, other):
    add_bytes(target, content_of(other))
    return target


def print_values(*values):
    if any(isinstance(value, (Memory, View, list, tuple, slice)) for value in values):
        raise Unsupported("`print` with that type")
    printed.append(" ".join(str(value) for value in values))


DO = {
    "plain": lambda value: value,
    "slice display": slice,
    "tuple display": lambda *items: items,
    "list display": lambda *items: list(items),
    "lookup": lambda thing, name: thing,
    "memoryview": make_view,
    "bytes": make("bytes"),
    "bytearray": make("bytearray"),
    "get": get,
    "set": set_item,
    "len": length_of,
    "==": equal,
    "tobytes": method_of(View, lambda view: Memory("bytes", view.content())),
    "tolist": method_of(View, lambda view: list(view.content())),
    "release": method_of(View, View.release),
    "append": append,
    "+=": add_in_place,
    "print": print_values,
}


# ---- Running a program.

printed = []


def constant(json_value):
    """A constant, which is a new object each time."""
    if isinstance(json_value, list):
        return [constant(item) for item in json_value]
    if not isinstance(json_value, dict):
        return json_value
    (kind, value), = json_value.items()
    if kind in ("bytes", "bytearray"):
        return Memory(kind, bytes.fromhex(value))
    if kind == "int":
        return int(value)
    if kind == "float":
        return struct.unpack(">d", bytes.fromhex(value))[0]
    if kind == "tuple":
        return tuple([constant(item) for item in value])
    if kind == "slice":
        return slice(*[constant(part) for part in value])
    if kind == "ellipsis":
        return ...
    raise Unsupported("a constant of the type `%s`" % kind)


def run_step(step, names):
    """Runs the operations of a step, and gives what its last one gave."""
    temps, managers = {}, []

    def operand(written):
        if "const" in written:
            return constant(written["const"])
        if "temp" in written:
            # The result of another operation is used once.
            return temps.pop(written["temp"])
        name = written["name"]
        if name not in names and hasattr(builtins, name):
            raise Unsupported("`%s` as a value" % name)
        if name not in names:
            raise Raised("NameError", "name %r is not defined" % name)
        return names[name]

    result = None
    try:
        for operation in step["operations"]:
            do, operands, to = operation["do"], operation["with"], operation.get("to")
            if "keywords" in operation:
                raise Unsupported("an argument by keyword")
            if do == "del name":
                operand(operands[0])
                del names[operands[0]["name"]]
            elif do == "end of with":
                managers.pop().release()
            elif do == "with":
                result = operand(operands[0])
                if not isinstance(result, View):
                    raise Unsupported("`with` and that type")
                result.places()
                managers.append(result)
            elif do in DO:
                try:
                    result = DO[do](*[operand(written) for written in operands])
                except TypeError:
                    raise Unsupported("`%s` with these operands" % do) from None
            else:
                raise Unsupported("`%s`" % do)
            if isinstance(to, str):
                names[to] = result
            elif to is not None:
                temps[to] = result
        return result
    finally:
        # An error ends the step, and the blocks that it is in.
        for manager in reversed(managers):
            manager.release()


# ---- Observing.

def name_of(owner, names, order):
    for name in order:
        bound = names.get(name)
        is_equal = isinstance(bound, Memory) and bound.kind == owner.kind == "bytes" and bound.data == owner.data
        if bound is owner or is_equal:
            return name
    return None


def shown(value, names, order):
    """A value as JSON."""
    if isinstance(value, Memory):
        return {value.kind: value.data.hex()}
    if isinstance(value, View):
        if value.is_released:
            return {"view": "released"}
        name = name_of(value.owner, names, order)
        covered = {"type": value.owner.kind} if name is None else {"of": name}
        is_near = -65536 <= value.start <= len(value.owner.data) + 65536
        return {"view": {**covered, "offset": value.start if is_near else None, "format": "B", "itemsize": 1,
                         "readonly": value.owner.kind == "bytes", "shape": [value.length],
                         "strides": [shown(value.step, names, order)], "suboffsets": []}}
    if isinstance(value, (list, tuple)):
        items = [shown(item, names, order) for item in value]
        return items if isinstance(value, list) else {"tuple": items}
    if isinstance(value, slice):
        return {"slice": [shown(part, names, order) for part in (value.start, value.stop, value.step)]}
    if isinstance(value, float):
        return {"float": struct.pack(">d", value).hex()}
    if isinstance(value, int) and abs(value) >= 1 << 53:
        return {"int": str(value)}
    return {"ellipsis": True} if value is ... else value


def state(memory):
    return {"content": memory.data.hex(), "locked": memory.exports > 0}


def live(names, order):
    """The state of the names that are bound to a bytearray or a view."""
    found = {}
    for name in order:
        thing = names.get(name)
        if isinstance(thing, Memory) and thing.kind == "bytearray":
            found[name] = state(thing)
        elif isinstance(thing, View):
            found[name] = {"released": thing.is_released}
            is_open = not thing.is_released and thing.owner.kind == "bytearray"
            if is_open and name_of(thing.owner, names, order) is None:
                found[name]["over"] = state(thing.owner)
    return found


def run_program(program, is_watched):
    """The reply about a program, without its number."""
    names, order, steps = {}, program["names"], []
    try:
        if program["modules"]:
            raise Unsupported("the module `%s`" % program["modules"][0])
        for index, step in enumerate(program["steps"]):
            printed.clear()
            seen = {}
            try:
                result = run_step(step, names)
                # A step has a value if its text has one.
                if "value" in step:
                    seen["value"] = shown(result, names, order)
                del result
            except Raised as error:
                seen["raised"] = list(error.args)
            if printed:
                seen["printed"] = "\n".join(printed)
            if is_watched or index == len(program["steps"]) - 1:
                seen["live"] = live(names, order)
            steps.append(seen)
    except Unsupported as error:
        return {"steps": steps, "unsupported": str(error)}
    return {"steps": steps}


IDENTITY = {
    "protocol": 1,
    "implementation": "toy",
    "version": "3.13.0",
    "bits": 64,
    "can": ["refcounting"],
    "sees": ["value", "type of value", "printed", "format", "itemsize", "readonly", "exception type", "exporter", "offset",
             "shape", "strides", "suboffsets", "lock", "released", "contents", "objects alive"],
    "takes": "operations",
}


def main():
    for line in sys.stdin:
        request = json.loads(line)
        if "probe" in request:
            print(json.dumps(IDENTITY), flush=True)
            continue
        for index, program in enumerate(request["programs"]):
            reply = run_program(program, request["watch"] == "always")
            print(json.dumps({"ran": request["run"] + index, **reply}), flush=True)


main()
