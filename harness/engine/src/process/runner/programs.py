"""Running programs: steps in a namespace of their own, and what each of them gave.

Each step is compiled apart: in one text, equal constants would become one object. Compiling takes most of the time,
so what was compiled is kept. A program never sees the names of this file: its own are those of a new dict.
"""

try:
    import io
except ImportError:
    io = None
try:
    import gc
except ImportError:
    gc = None

class Unsupported(BaseException):
    """The runner can't do a step; the text says what."""


# What a step gave, as members of an object in JSON.

def gave(value):
    text = '"value":' + observe(value)
    return text + printed() if has_printed() else text


def gave_nothing():
    return printed()[1:] if has_printed() else ""


def raised(error):
    name = type(error).__name__
    try:
        text = quote(str(error))
    except BaseException:
        text = '"an error whose text can\'t be had"'
    text = '"raised":[%s,%s]' % (quote(name.split(".")[-1]), text)
    return text + printed() if has_printed() else text


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
    scope = BASE.copy()
    Watched.names, Watched.scope = program["names"], scope
    found = []
    forget_printed()
    unsupported = ""
    try:
        if program["modules"]:
            bind(scope, program["modules"])
        left = len(program["steps"])
        for step in program["steps"]:
            try:
                text = run_step(step, scope)
            except Unsupported:
                raise
            except BaseException as error:
                text = raised(error)
            left -= 1
            if is_watched or not left:
                text += ',"live":' + observe_live() if text else '"live":' + observe_live()
            found.append(text)
    except Unsupported as error:
        unsupported = ',"unsupported":' + quote(str(error))
    reply = '{"ran":%d,"steps":[%s]%s}\n' % (number, "{" + "},{".join(found) + "}" if found else "", unsupported)
    # What a program leaves behind ends before the next one starts.
    scope.clear()
    tidy(program["steps"])
    return reply


def run_step(step, scope):
    """Runs a step. Gives what it gave."""
    text, value = step.get("text"), step.get("value")
    if text is not None:
        exec(code_of(text, "exec"), scope)
        if value is None:
            return gave_nothing()
        if value in scope:
            # It is a name, and there is nothing to compile.
            return gave(scope[value])
    if value is None:
        return gave_nothing()
    return gave(eval(code_of(value, "eval"), scope))


# Texts that were compiled, as many programs have the same steps. They are kept as bytes of which each step makes code of
# its own: CPython takes short cuts in code that has run before, and equal constants of two steps must be two objects.
COMPILED = {"exec": {}, "eval": {}}
MOST = 20000


def code_of(text, mode):
    known = COMPILED[mode]
    kept = known.get(text)
    if kept is not None:
        return load_code(kept)
    code = compile(text, "<step>", mode)
    # Texts with bytes are rarely the same.
    if "b'" not in text and 'b"' not in text:
        if len(known) >= MOST:
            known.clear()
        known[text] = dump_code(code)
    return code


def load_code(kept):
    return kept


dump_code = load_code

try:
    from marshal import dumps, loads
    if eval(loads(dumps(compile("1 + 1", "<step>", "eval")))) == 2:
        dump_code, load_code = dumps, loads
except Exception:
    pass

try:
    eval(compile("1", "<step>", "eval"))
except Exception:
    # What is not compiled is run as it is.
    def code_of(text, mode):
        return text


# How many programs may leave their cycles behind.
UNTIDY = 1000


def tidy(steps):
    """Collects what a program may have left in a cycle: at once if it has armed a hook or made a class or a function."""
    global untidy
    untidy += 1
    if untidy > UNTIDY:
        untidy = 0
        collect()
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


untidy = 0
BASE = {}


def prepare():
    """Makes this Python ready to run programs."""
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
    BASE["__name__"] = "__main__"
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
