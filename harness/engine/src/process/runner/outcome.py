"""What a step gave: its value or its error, and what it printed, as members of an object in JSON."""

try:
    import io
except ImportError:
    io = None


def gave(seen):
    """`seen` is what was observed of a value, which may have printed while it died since."""
    return with_printed('"value":' + seen)


def with_printed(text):
    return text + printed() if has_printed() else text


def gave_nothing():
    return printed()[1:] if has_printed() else ""


def raised(error):
    """Without what is printed: what the error has kept alive may print while it dies."""
    name = type(error).__name__
    try:
        text = quote(str(error))
    except BaseException:
        text = '"an error whose text can\'t be had"'
    return '"raised":[%s,%s]' % (quote(name.split(".")[-1]), text)


# What programs print.

def has_printed():
    return False


def printed():
    return ""


def forget_printed():
    pass


def capture():
    """Makes `print` of programs write to memory: in place of the standard output, or else by a `print` of their own,
    which is given back by its name.
    """
    global has_printed, printed, forget_printed
    out = io.StringIO()
    own = {}
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

        own["print"] = print_here

        def has_printed():
            return texts

        def taken():
            text = "".join(texts)
            del texts[:]
            return text

        forgotten = taken
    else:
        has_printed = out.tell

        def taken():
            text = out.getvalue()
            out.seek(0)
            out.truncate()
            return text

        def forgotten():
            # A program may have put something else there.
            sys.stdout = out
            return taken()

    def printed():
        text = taken()
        # The end of the last line goes without saying.
        return ',"printed":' + quote(text[:-1] if text.endswith("\n") else text)

    globals().update(has_printed=has_printed, printed=printed, forget_printed=forgotten)
    taken()
    return own
