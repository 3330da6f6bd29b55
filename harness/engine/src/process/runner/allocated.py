"""What a step allocates: counted by CPython's tracemalloc, of which the module in C is enough.

It counts from nothing for each step, so that what is told is the most that was allocated at the same time: a copy that is
made and dropped counts, and what was there before does not. Only steps that are to be counted are slowed down by it.
"""

try:
    import _tracemalloc as counter
except ImportError:
    counter = None


class Allocated:
    """What the last step that was counted has allocated; None if nobody knows."""

    bytes = None


def make_room(scope, names):
    """Has a dict grow now, so that it grows in no step when that binds a name."""
    size, fillers = sys.getsizeof(scope), 0
    while fillers < 8 * names or sys.getsizeof(scope) == size:
        size = sys.getsizeof(scope)
        scope["filler %d" % fillers] = None
        fillers += 1
    for filler in range(fillers):
        del scope["filler %d" % filler]


def run_counted(step, scope):
    """Runs a step and counts what it allocates, but not what it takes to compile it or to observe it."""
    Allocated.bytes = None
    if counter is None:
        return run_step(step, scope)
    text, value = step.get("text"), step.get("value")
    statements = None if text is None else code_of(text, "exec")
    expression = None if value is None else code_of(value, "eval")
    given = [None]
    counter.stop()
    counter.start(1)
    try:
        if statements is not None:
            exec(statements, scope)
            # Some versions keep a frame for as long as there is its code.
            statements = None
        if expression is not None:
            given[0] = eval(expression, scope)
    finally:
        Allocated.bytes = counter.get_traced_memory()[1]
        counter.stop()
    return gave_nothing() if value is None else gave(observe(given.pop()))


def allocated():
    """A member of the reply to a step that was counted."""
    return "" if Allocated.bytes is None else '"allocated":%d' % Allocated.bytes
