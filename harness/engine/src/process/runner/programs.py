"""Running programs: steps in a namespace of their own, and what each of them gave.

Each step is compiled apart: in one text, equal constants would become one object. Compiling takes most of the time,
so what was compiled is kept. A program never sees the names of this file: its own are those of a new dict.
"""

try:
    import gc
except ImportError:
    gc = None
try:
    from _thread import _count as count_threads
    count_threads()
except Exception:
    def count_threads():
        return 0

USUAL_THREADS = count_threads()


class Unsupported(BaseException):
    """The runner can't do a step; the text says what."""


# What no Python has, and programs may use.
EXTENSIONS = {}
# Which of that this Python can have, where not every one can.
CAN = []


def missing(name):
    def stub(*arguments, **keywords):
        raise Unsupported("`%s`" % name)

    return stub


MODULES = {}


def bind(scope, modules):
    """Binds modules as `import` does."""
    for name in modules:
        if name not in MODULES:
            try:
                MODULES[name] = __import__(name)
            except Exception:
                MODULES[name] = None
        if MODULES[name] is None:
            raise Unsupported("the module `%s`" % name)
        scope[name.split(".")[0]] = MODULES[name]


def run_program(number, program, is_watched, is_last=False):
    """Runs a program. Gives the reply, a line of JSON."""
    scope = BASE.copy()
    Watched.names, Watched.scope = program["names"], scope
    found = []
    forget_printed()
    unsupported = ""
    try:
        if program["modules"]:
            bind(scope, program["modules"])
        if counter is not None and any([step.get("count") for step in program["steps"]]):
            make_room(scope, len(program["names"]))
        left = len(program["steps"])
        for step in program["steps"]:
            parts = [run_whole(step, scope)]
            left -= 1
            if is_watched or not left:
                parts.append('"live":' + observe_live())
            if step.get("count"):
                parts.append(allocated())
            found.append(",".join([part for part in parts if part]))
    except Unsupported as error:
        unsupported = ',"unsupported":' + quote(str(error))
    reply = '{"ran":%d,"steps":[%s]%s}\n' % (number, "{" + "},{".join(found) + "}" if found else "", unsupported)
    # What a program leaves behind ends before the next one starts.
    scope.clear()
    tidy(program["steps"], is_last)
    if count_threads() > USUAL_THREADS:
        wait_for_threads()
    return reply


# What the process says before it ends, if threads of a program run on: they could change what comes next.
LEFT_BEHIND = "a thread that the program has started still runs at its end"


def wait_for_threads():
    import os
    import time
    for attempt in range(100):
        time.sleep(0.01)
        if count_threads() <= USUAL_THREADS:
            return
    os.write(2, LEFT_BEHIND.encode())
    os._exit(1)


def run_whole(step, scope):
    """Runs a step. Gives what it gave, or what it raised."""
    try:
        return run_counted(step, scope) if step.get("count") else run_step(step, scope)
    except Unsupported:
        raise
    except BaseException as error:
        seen = raised(error)
    return with_printed(seen)


def run_step(step, scope):
    """Runs a step. Gives what it gave."""
    text, value = step.get("text"), step.get("value")
    if text is not None:
        exec(code_of(text, "exec"), scope)
        if value is None:
            return gave_nothing()
        if value in scope:
            # It is a name, and there is nothing to compile.
            return gave(observe(scope[value]))
    if value is None:
        return gave_nothing()
    return gave(observe(eval(code_of(value, "eval"), scope)))


# Texts that were compiled, as many programs have the same steps. They are kept as bytes, of which each step makes code
# of its own: CPython takes short cuts in code that has run before, and equal constants of two steps are two objects.
COMPILED = {"exec": {}, "eval": {}}
MOST = 20000


def code_of(text, mode):
    known = COMPILED[mode]
    kept = known.get(text)
    if kept is not None:
        return load_code(kept)
    code = compile(text, "<step>", mode)
    # Texts with bytes are rarely the same.
    if dump_code is not None and "b'" not in text and 'b"' not in text:
        if len(known) >= MOST:
            known.clear()
        known[text] = dump_code(code)
    return code


dump_code = load_code = None

try:
    from marshal import dumps, loads
    if eval(loads(dumps(compile("1 + 1", "<step>", "eval")))) == 2:
        dump_code, load_code = dumps, loads
except Exception:
    pass

try:
    # Brython can't compile a slice without a step, but can evaluate its text.
    eval(compile("b'ab'[0:1]", "<step>", "eval"))
except Exception:
    # What is not compiled is run as it is.
    def code_of(text, mode):
        return text


# How many programs may leave their cycles behind.
UNTIDY = 1000
# Where objects die late, this many batches of a new process end with a collection, and then only one in so many programs:
# a collection can take ten times as long as a program, and more the longer the process runs.
YOUNG, FEW = 64, 32


def tidy(steps, is_last):
    """Collects what a program may have left in a cycle: at once if it has armed a hook or made a class or a function.

    Where objects die late, they die before the last reply of a batch is written, at least on a new process. A crash that
    follows from it comes before the reply, if the program is run alone.
    """
    global untidy, batches
    if State.counts_references:
        gc.disable()
    untidy += 1
    batches += is_last
    is_due = is_last and not State.counts_references and (batches <= YOUNG or untidy >= FEW)
    if untidy > UNTIDY or is_due:
        untidy = 0
        return collect()
    if not State.counts_references:
        return
    for step in steps:
        text = step.get("text") or step.get("value") or ""
        if "arm(" in text or "class " in text or "def " in text or "lambda" in text:
            # What is young is enough: all that is older was there before.
            return collect(0)


def collect(*generation):
    try:
        gc.collect(*generation)
    except Exception:
        pass


untidy = batches = 0
BASE = {}


class State:
    """What is known of this Python."""

    counts_references = False


def prepare():
    """Makes this Python ready to run programs."""
    EXTENSIONS.update(capture())
    State.counts_references = holds(counts_references)
    if State.counts_references:
        # By itself it would come at times that no program tells. Where there is nothing else, it has to.
        gc.disable()
    try:
        import warnings
        warnings.simplefilter("ignore")
    except Exception:
        pass
    for name, make in (("hook", make_hook), ("capi", make_capi), ("exporter", make_exporter)):
        try:
            EXTENSIONS.update(make())
            CAN.append(name)
        except Exception:
            pass
    for name in ("hook", "exporter", "request", "get_contiguous"):
        if name not in EXTENSIONS:
            EXTENSIONS[name] = missing(name)
    BASE.update(EXTENSIONS)
    BASE["__name__"] = "__main__"
    builtins = __import__("builtins") if hasattr(sys, "implementation") else None
    if sys.implementation.name == "cpython":
        BASE["__builtins__"] = builtins
    try:
        gc.collect()
        gc.freeze()
    except Exception:
        pass
