"""Says what this Python lacks to be linked into the engine and to make a virtual environment, a line each.

    python3 .ci/python.py          prints nothing and ends with 0 if the Python will do, else ends with 1
    python3 .ci/python.py --test   checks the table below instead
"""

import os
import sys
import sysconfig


def lacks(version, config, has_ensurepip, exists):
    """What a Python of that version and configuration lacks; `exists` tells which files there are."""
    missing = []
    if version < (3, 9):
        missing.append("Python 3.9 or newer: this is %d.%d" % version)
    folder, name = config.get("LIBDIR") or "", config.get("LDLIBRARY") or ""
    # Debian's LIBDIR may lack the last folder, which is named after the machine.
    folders = [folder, os.path.join(folder, config.get("MULTIARCH") or "")]
    if not config.get("Py_ENABLE_SHARED"):
        missing.append("a shared library: this Python was built without --enable-shared")
    elif not (name and any(exists(os.path.join(folder, name)) for folder in folders)):
        missing.append("%s in %s (on Debian: apt-get install python3-dev)" % (name or "libpython", folder))
    if not has_ensurepip:
        missing.append("the module ensurepip (on Debian: apt-get install python3-venv)")
    return missing


def of_this_python():
    try:
        import ensurepip  # noqa: F401

        has_ensurepip = True
    except ImportError:
        has_ensurepip = False
    return lacks(sys.version_info[:2], sysconfig.get_config_vars(), has_ensurepip, os.path.exists)


def test():
    shared = {"Py_ENABLE_SHARED": 1, "LIBDIR": "/l", "LDLIBRARY": "libpython.so", "MULTIARCH": "x86"}
    static = {"Py_ENABLE_SHARED": 0, "LIBDIR": "/l", "LDLIBRARY": "libpython.a", "MULTIARCH": "x86"}
    plain, multiarch = "/l/libpython.so", "/l/x86/libpython.so"
    for what, version, config, has_ensurepip, files, expected in [
        ("all that is needed", (3, 9), shared, True, [plain], []),
        ("Debian's multiarch libpython", (3, 11), shared, True, [multiarch], []),
        ("both places", (3, 11), shared, True, [plain, multiarch], []),
        ("no name of the machine", (3, 11), dict(shared, MULTIARCH=None), True, [plain], []),
        ("too old", (3, 8), shared, True, [plain], ["Python 3.9"]),
        ("too old, multiarch", (3, 8), shared, True, [multiarch], ["Python 3.9"]),
        ("no shared library", (3, 11), static, True, ["/l/libpython.a"], ["a shared library"]),
        ("no shared library, multiarch", (3, 11), static, True, ["/l/x86/libpython.a"], ["a shared library"]),
        ("no file to link", (3, 11), shared, True, [], ["libpython.so in /l"]),
        ("no name of a library", (3, 11), {"Py_ENABLE_SHARED": 1}, True, ["/l", ""], ["libpython in "]),
        ("no ensurepip", (3, 11), shared, False, [plain], ["the module ensurepip"]),
        ("no ensurepip, multiarch", (3, 11), shared, False, [multiarch], ["the module ensurepip"]),
        ("nothing", (3, 8), {}, False, [], ["Python 3.9", "a shared library", "the module ensurepip"]),
    ]:
        found = lacks(version, config, has_ensurepip, files.__contains__)
        starts = [line.startswith(start) for line, start in zip(found, expected)]
        assert len(found) == len(expected) and all(starts), "%s: %s, not %s" % (what, found, expected)


if __name__ == "__main__":
    if sys.argv[1:] == ["--test"]:
        test()
    else:
        lines = of_this_python()
        print("\n".join(lines), end="\n" if lines else "")
        sys.exit(bool(lines))
