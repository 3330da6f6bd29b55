"""Atheris: the bytes of libFuzzer become operations on the model.

    python atheris_peer.py [--seed N] [--seconds S] [--fault NAME]

The model is instrumented, so that libFuzzer keeps the inputs that reach something new in it; memoryview itself is C and
can't be, unless CPython is built for it.
"""

import sys

import atheris

with atheris.instrument_imports(include=["model"]):
    import draw
    from machine import Mismatch

from budget import Budget

BUDGET = Budget()


def program(input_: bytes) -> None:
    """One input, as far as its bytes go."""
    try:
        operations = draw.program(atheris.FuzzedDataProvider(input_))
    except Mismatch:
        BUDGET.mismatch()
        raise
    BUDGET.count(operations)


def main() -> None:
    arguments = [sys.argv[0], f"-seed={BUDGET.seed}", "-max_len=256", "-len_control=0"]
    atheris.Setup(arguments, program)
    BUDGET.start()
    atheris.Fuzz()


if __name__ == "__main__":
    main()
