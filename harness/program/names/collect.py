"""Writes names.txt: what Python has in its builtins, in the modules that programs can import, and in some types.

    python3 harness/program/names/collect.py PYTHON... > harness/program/names/names.txt

Give one interpreter of each version from 3.8 on; two patch levels of a version may both be given. A name is there if any
of them has it, and is marked with its versions unless all of them do.
"""

import collections
import json
import subprocess
import sys

# numpy is left out: it is no part of Python, and has other members with each of its own versions.
MODULES = "builtins array collections.abc copy ctypes gc io mmap pickle struct weakref".split()

# Types of which the reference says that they lack an attribute.
TYPES = "memoryview bytes bytearray array.array mmap.mmap io.BytesIO object bool int float complex str tuple list slice dict range struct.Struct".split()

# What those modules have on other systems than the one that this runs on (documentation and source of CPython).
ELSEWHERE = {
    "builtins": {"WindowsError": "exception"},
    "ctypes": dict.fromkeys(
        "FormatError GetLastError WINFUNCTYPE WinError get_last_error set_last_error DllCanUnloadNow DllGetClassObject "
        "CopyComPointer _check_HRESULT".split(),
        "function",
    )
    | dict.fromkeys("HRESULT OleDLL WinDLL".split(), "class")
    | dict.fromkeys("_FUNCFLAG_STDCALL _win_functype_cache oledll windll nt".split(), "value"),
    "mmap": dict.fromkeys(
        "MADV_AUTOSYNC MADV_CORE MADV_FREE_REUSABLE MADV_FREE_REUSE MADV_NOCORE MADV_NOSYNC MADV_PROTECT "
        "MADV_SOFT_OFFLINE MAP_ALIGNED_SUPER MAP_CONCEAL MAP_CONCEALED MAP_HASSEMAPHORE MAP_JIT MAP_NOCACHE "
        "MAP_NOEXTEND MAP_RESILIENT_CODESIGN MAP_RESILIENT_MEDIA MAP_TPRO MAP_TRANSLATED_ALLOW_EXECUTE "
        "MAP_UNIX03 MS_ASYNC MS_INVALIDATE MS_SYNC".split(),
        "value",
    ),
}

# What a module of a program has by itself, some of it only when it is a file.
GLOBALS = "__annotate__ __annotations__ __builtins__ __cached__ __conditional_annotations__ __file__ __path__".split()

LIST = """
import builtins, importlib, json, pkgutil, sys, types

def kind(value):
    if isinstance(value, type):
        return "exception" if issubclass(value, BaseException) else "class"
    if isinstance(value, types.ModuleType):
        return "module"
    return "function" if callable(value) else "value"

def owner(path):
    module, _, name = path.rpartition(".")
    if hasattr(builtins, path):
        return getattr(builtins, path)
    return importlib.import_module(path) if path in modules else getattr(importlib.import_module(module), name)

found = {}
modules = sys.argv[1].split()
for name in modules + sys.argv[2].split():
    module = owner(name)
    found[name] = {member: kind(getattr(module, member, None)) for member in dir(module)}
    for submodule in pkgutil.iter_modules(getattr(module, "__path__", [])):
        found[name].setdefault(submodule.name, "module")
json.dump([list(sys.version_info[:2]), found], sys.stdout)
"""


def main(pythons):
    if not pythons:
        sys.exit(__doc__)
    runs = [json.loads(subprocess.check_output([python, "-I", "-c", LIST, " ".join(MODULES), " ".join(TYPES)])) for python in pythons]
    minors = sorted({minor for (_, minor), _ in runs})
    print(f"# Written by collect.py from Python 3.{minors[0]} to 3.{minors[-1]}: do not edit.")
    print("# A name, what it is, and the versions that have it where others do not.")
    for module in MODULES + TYPES:
        print(f"\n[{module}]")
        kinds, lacking = {}, collections.defaultdict(set)
        for _, found in runs:
            for name, kind in found[module].items():
                kinds.setdefault(name, kind)
        for (_, minor), found in runs:
            for name in kinds:
                if name not in found[module]:
                    lacking[name].add(minor)
        elsewhere = ELSEWHERE.get(module, {})
        if module == "builtins":
            elsewhere = elsewhere | dict.fromkeys(GLOBALS, "value")
        for name in sorted(kinds.keys() | elsewhere.keys()):
            if name not in kinds:
                print(name, elsewhere[name], "elsewhere")
            elif name in lacking:
                having = [f"3.{minor}" for minor in minors if minor not in lacking[name]]
                print(name, kinds[name], *having or ["some"])
            else:
                print(name, kinds[name])


main(sys.argv[1:])
