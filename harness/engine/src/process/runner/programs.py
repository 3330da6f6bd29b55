"""Running programs: steps in a namespace of their own, and what each of them gave.

A program is compiled as a whole, each step in a `try` statement, because compiling takes most of the time. Where that would
make one object of two equal constants that a program can tell apart, or if the text is not Python, steps are
compiled one by one. A program never sees the names of this file: its own are those of a new dict.
"""

try:
    import io
except ImportError:
    io = None
try:
    import re
    LITERALS = re.compile("[bB]?'(?:[^'\\\\]|\\\\.)*'|[bB]?\"(?:[^\"\\\\]|\\\\.)*\"")
except Exception:
    LITERALS = None
try:
    import gc
except ImportError:
    gc = None

# Names that no program has.
GAVE, RAISED, NONE, LOOK = "_viewcheck_gave", "_viewcheck_raised", "_viewcheck_none", "_viewcheck_look"
ERROR = "_viewcheck_error"
STEP = "try:\n    %s\n    " + GAVE + "(%s)\nexcept BaseException as " + ERROR + ":\n    " + RAISED + "(" + ERROR + ")\n"
STEP_OF_VALUE = "try:\n    " + GAVE + "(%s)\nexcept BaseException as " + ERROR + ":\n    " + RAISED + "(" + ERROR + ")\n"
STEP_OF_TEXT = ("try:\n    %s\n    " + NONE + "()\nexcept BaseException as " + ERROR + ":\n    "
                + RAISED + "(" + ERROR + ")\n")
LOOKED = LOOK + "()\n"


class Unsupported(BaseException):
    """The runner can't do a step; the text says what."""


# What the steps of the program that runs gave so far, as texts.
STEPS = []
append_step = STEPS.append


def gave(value):
    text = '"value":' + observe(value)
    append_step(text + printed() if has_printed() else text)


def gave_nothing():
    append_step(printed()[1:] if has_printed() else "")


def raised(error):
    if type(error) is Unsupported:
        raise error
    name = type(error).__name__
    try:
        text = quote(str(error))
    except BaseException:
        text = '"an error whose text can\'t be had"'
    text = '"raised":[%s,%s]' % (quote(name.split(".")[-1]), text)
    append_step(text + printed() if has_printed() else text)


def look():
    last = STEPS[-1]
    STEPS[-1] = (last + ',"live":' if last else '"live":') + observe_live()


# What programs print.

def has_printed():
    return False


def printed():
    return ""


def forget_printed():
    pass


def capture():
    """Makes `print` of programs write to memory: in place of the standard output, or else by a `print` of their own."""
    global has_printed, printed, forget_printed
    out = io.StringIO()
    is_replaced = True
    try:
        sys.stdout = out
        print("a", end="")
        is_replaced = out.getvalue() == "a"
    except Exception:
        is_replaced = False
    if not is_replaced:
        # Not every Python's StringIO can be cut off.
        texts = []
        plain = print

        def print_here(*values, **keywords):
            if "file" not in keywords:
                keywords["file"] = line = io.StringIO()
                try:
                    return plain(*values, **keywords)
                finally:
                    texts.append(line.getvalue())
            return plain(*values, **keywords)

        EXTENSIONS["print"] = print_here

        def has_printed():
            return texts

        def taken():
            text = "".join(texts)
            del texts[:]
            return text
    else:
        has_printed = out.tell

        def taken():
            text = out.getvalue()
            out.seek(0)
            out.truncate()
            return text

    def printed():
        text = taken()
        # The end of the last line goes without saying.
        return ',"printed":' + quote(text[:-1] if text.endswith("\n") else text)

    globals().update(has_printed=has_printed, printed=printed, forget_printed=taken)
    taken()


# What no Python has, and programs may use.
EXTENSIONS = {}


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


def run_program(number, program, is_watched):
    """Runs a program. Gives the reply, a line of JSON."""
    scope = dict(BASE)
    Watched.names, Watched.scope = program["names"], scope
    steps = program["steps"]
    del STEPS[:]
    forget_printed()
    unsupported = ""
    source = ""
    try:
        if program["modules"]:
            bind(scope, program["modules"])
        parts = [step_source(step) for step in steps]
        source = LOOKED.join(parts) if is_watched else "".join(parts)
        if parts:
            run_steps(steps, parts, source + LOOKED, is_watched, scope)
    except Unsupported as error:
        unsupported = ',"unsupported":' + quote(str(error))
    reply = '{"ran":%d,"steps":[%s]%s}\n' % (number, "{" + "},{".join(STEPS) + "}" if STEPS else "", unsupported)
    # What a program leaves behind ends before the next one starts.
    scope.clear()
    tidy(source)
    return reply


def step_source(step):
    text = step.get("text")
    if text is None:
        return STEP_OF_VALUE % step["value"] if "value" in step else "pass\n" + NONE + "()\n"
    if "\n" in text:
        text = text.replace("\n", "\n    ")
    return STEP % (text, step["value"]) if "value" in step else STEP_OF_TEXT % text


def run_steps(steps, parts, source, is_watched, scope):
    if can_be_whole(source):
        try:
            code = compile(source, "<program>", "exec")
        except (SyntaxError, ValueError, OverflowError, MemoryError, RuntimeError):
            code = None
        if code is not None:
            exec(code, scope)
            return
    last = len(steps) - 1
    for at, step in enumerate(steps):
        run_alone(step, parts[at], scope)
        if is_watched or at == last:
            look()


def run_alone(step, part, scope):
    try:
        code = compile(part, "<step>", "exec")
    except Exception:
        # It says what is wrong with the step itself, and not with what was put around it.
        try:
            if "text" in step:
                exec(compile(step["text"], "<step>", "exec"), scope)
            if "value" in step:
                gave(eval(compile(step["value"], "<step>", "eval"), scope))
            else:
                gave_nothing()
        except BaseException as error:
            raised(error)
        return
    exec(code, scope)


def can_be_whole(source):
    """Whether it makes no difference that equal constants of different steps become one object."""
    if " is " in source or '"""' in source or "'''" in source or "\\\n" in source:
        return False
    if source.count("b'") + source.count('b"') < 2:
        return True
    if LITERALS is None:
        return False
    literals = [text for text in LITERALS.findall(source) if text[0] in "bB" and len(text) > 4]
    return len(literals) == len(set(literals))


# How many programs may leave their cycles behind.
UNTIDY = 200


def tidy(source):
    """Collects what a program has left in a cycle."""
    global untidy
    untidy += 1
    if "arm(" in source or "class " in source or "def " in source:
        collect()
        untidy = 0
    elif untidy > UNTIDY:
        collect()
        untidy = 0


def collect():
    try:
        gc.collect()
    except Exception:
        pass


untidy = 0
BASE = {}


def prepare():
    """Makes this Python ready to run programs."""
    global Watched
    capture()
    try:
        # By itself it would come at times that no program tells.
        gc.disable()
    except Exception:
        pass
    try:
        import warnings
        warnings.simplefilter("ignore")
    except Exception:
        pass
    EXTENSIONS["hook"] = hook
    for name, make in (("capi", make_capi), ("exporter", make_exporter)):
        try:
            make()
            CAN.append(name)
        except Exception:
            pass
    for name in ("exporter", "request", "get_contiguous"):
        if name not in EXTENSIONS:
            EXTENSIONS[name] = missing(name)
    BASE.update(EXTENSIONS)
    BASE.update({GAVE: gave, RAISED: raised, NONE: gave_nothing, LOOK: look, "__name__": "__main__"})
    builtins = __import__("builtins") if hasattr(sys, "implementation") else None
    if sys.implementation.name == "cpython":
        BASE["__builtins__"] = builtins
    try:
        gc.collect()
        gc.freeze()
    except Exception:
        pass


CAN = []


def make_capi():
    made = find_capi()
    EXTENSIONS["request"], EXTENSIONS["get_contiguous"] = made[1], made[2]


def make_exporter():
    global EXPORTER, extent_of_exporter
    if sys.implementation.name != "cpython":
        raise TypeError("not CPython")
    made, live, extent_of_exporter = find_exporter()
    EXPORTER = EXTENSIONS["exporter"] = made
    LIVE[made] = EXPORTERS[made] = live
