"""Programs on the machine, with operations and arguments drawn from a source of numbers.

The source is Atheris's `FuzzedDataProvider`, or has the three methods of it that are used here.
"""

from typing import Any

import machine


def begin(pairs: machine.Machine, data: Any) -> None:
    """The first operation of a program."""
    pick = data.PickValueInList
    pairs.export(pick(machine.KINDS), pick(machine.SIZES), data.ConsumeIntInRange(0, 255))


def operation(pairs: machine.Machine, data: Any) -> None:
    """One operation more."""
    pick = data.PickValueInList
    choice = data.ConsumeIntInRange(0, 23)
    if choice == 0:
        return begin(pairs, data)
    number = data.ConsumeIntInRange(0, 7)
    if choice == 1:
        pairs.append(number)
    elif choice == 2:
        pairs.pop(number)
    elif choice == 3:
        pairs.again(number)
    elif choice == 4:
        pairs.slice(number, pick(machine.BOUNDS), pick(machine.BOUNDS), pick(machine.STEPS))
    elif choice == 5:
        pairs.cast(number, pick(machine.FORMATS), pick(machine.SHAPES))
    elif choice == 6:
        pairs.toreadonly(number)
    elif choice == 7:
        pairs.item(number, pick(machine.KEYS))
    elif choice == 8:
        pairs.slices(number)
    elif choice == 9:
        pairs.set_item(number, pick(machine.KEYS), pick(machine.VALUES))
    elif choice == 10:
        pairs.assign(number, pick(machine.BOUNDS), pick(machine.BOUNDS), pick(machine.STEPS), pick(machine.SOURCES))
    elif choice == 11:
        source = data.ConsumeIntInRange(0, 7)
        pairs.assign_view(number, pick(machine.BOUNDS), pick(machine.BOUNDS), pick(machine.STEPS), source)
    elif choice == 12:
        pairs.tolist(number)
    elif choice == 13:
        pairs.tobytes(number, pick(machine.ORDERS))
    elif choice == 14:
        pairs.hex(number, pick(machine.HEXES))
    elif choice == 15:
        pairs.attributes(number)
    elif choice == 16:
        pairs.items(number)
    elif choice == 17:
        pairs.contains(number, pick(machine.VALUES))
    elif choice == 18:
        pairs.equal(number, data.ConsumeIntInRange(0, 7))
    elif choice == 19:
        pairs.equal_object(number, pick(machine.OTHERS))
    elif choice == 20:
        pairs.hash(number)
    elif choice == 21:
        pairs.release(number)
    elif choice == 22:
        pairs.leave(number)
    else:
        pairs.drop(number)


def program(data: Any) -> int:
    """A whole program, as far as the source goes. Gives the number of its operations."""
    pairs = machine.Machine()
    begin(pairs, data)
    operations = 1
    while operations < machine.LENGTH and data.remaining_bytes():
        operation(pairs, data)
        operations += 1
    pairs.finish()
    return operations
