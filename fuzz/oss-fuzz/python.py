"""Copies what the embedded Python needs to run into a folder: its shared library, and its modules in the folder `python`.

It is run by the Python that is copied: `python3 python.py FOLDER`. Modules that nothing of viewcheck imports, such as the tests
of Python, stay behind.
"""

import os
import shutil
import sys
import sysconfig

# By their names in the folder of the modules.
LEFT = {
    "__pycache__", "config", "dist-packages", "ensurepip", "idlelib", "lib2to3", "pydoc_data", "site-packages", "sitecustomize.py",
    "test", "tests", "tkinter", "turtledemo", "venv",
}  # fmt: skip


def left(_, names):
    return [name for name in names if name in LEFT or name.startswith("config-")]


def main():
    [out] = sys.argv[1:]
    library = sysconfig.get_config_var("INSTSONAME")
    folders = [sysconfig.get_config_var("LIBDIR"), os.path.join(sys.base_prefix, "lib")]
    found = [os.path.join(folder, library) for folder in folders if os.path.isfile(os.path.join(folder, library))]
    if not found or ".so" not in library:
        sys.exit(f"python.py: {sys.executable} has no shared library {library}")
    shutil.copy(os.path.realpath(found[0]), os.path.join(out, library))
    home = os.path.join(out, "python")
    shutil.rmtree(home, ignore_errors=True)
    modules = sysconfig.get_path("stdlib")
    inside = os.path.join(home, getattr(sys, "platlibdir", "lib"), os.path.basename(modules))
    shutil.copytree(modules, inside, ignore=left)
    # Modules of C may lie elsewhere.
    compiled = sysconfig.get_config_var("DESTSHARED")
    if os.path.isdir(compiled) and not os.path.isdir(os.path.join(inside, "lib-dynload")):
        shutil.copytree(compiled, os.path.join(inside, "lib-dynload"), ignore=left)


if __name__ == "__main__":
    main()
