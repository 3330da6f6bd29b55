

# What follows runs the steps of a case and compares what they give with what the case says.

def check(text, value=None, gives=NOTHING, raises=None, prints=None, shares=None, locks=None, kind=None):
    """Runs a step: statements, and then an expression; exits with 1 if it does not behave as the case says."""
    shown = (text + "\n" + value if text and value else text or value).replace("\n", "\n... ")
    say(">>> " + shown)
    found_kind = None
    try:
        if text:
            exec(text, NAMES)
        if value:
            result = eval(value, NAMES)
            found_kind = type(result).__name__
            seen = observe(result)
            result = None
            found = gave(seen)
        else:
            found = gave_nothing()
    except BaseException as error:
        found, seen = None, raised(error)
    if found is None:
        found = with_printed(seen)
    tidy()
    found = json.loads("{%s%s}" % (found and found + ",", '"live":' + observe_live()))
    error = found.get("raised")
    if raises or error:
        check_error(raises, error, found)
    if gives is not NOTHING:
        compare("", *[in_words(seen) for seen in fit(json.loads(observe(gives)), found["value"])])
    if kind:
        compare("a value of type ", kind, found_kind)
    if shares:
        check_place(shares[0], shares[1], found["value"])
    if prints is not None:
        compare("printed ", repr(masked(prints)), repr(masked(found.get("printed", "").rstrip("\n"))))
    if locks is not None:
        live = found["live"]
        compare("locked: ", repr(locks), repr(sorted([name for name in live if live[name].get("locked")])))


def check_error(expected, actual, found):
    if expected and actual and expected[0] == actual[0] and (expected[1] is None or not COMPARES_TEXTS):
        return
    wanted = "no error" if not expected else expected[0] if expected[1] is None else "%s: %s" % expected
    compare("", wanted, result([found["value"]] if "value" in found else None, actual))


def check_place(name, byte, seen):
    """A view whose first item starts at that byte of that object, as far as this Python shows it."""
    view = seen.get("view") if type(seen) is dict else None
    if type(view) is not dict:
        return compare("", "a view from byte %d of %s" % (byte, name), in_words(seen))
    if "of" in view or "type" in view:
        is_same = view.get("of") == name or "of" in view and NAMES[view["of"]] is NAMES[name]
        compare("a view of ", name, name if is_same else view.get("of", "another object"))
    if "offset" in view:
        compare("a view from byte ", str(byte), str(view["offset"]))
