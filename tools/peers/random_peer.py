"""No tool at all: programs on the same model, drawn with Python's `random`.

    python random_peer.py [--seed N] [--seconds S] [--fault NAME]

What Hypothesis and Atheris add is what they are better at than this: it keeps no inputs, learns nothing and shrinks
nothing.
"""

import random
from typing import Any, List

import draw
from budget import Budget
from machine import Mismatch


class Source:
    """A `FuzzedDataProvider` without an end."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed).random

    def PickValueInList(self, values: List[Any]) -> Any:
        return values[int(self.random() * len(values))]

    def ConsumeIntInRange(self, low: int, high: int) -> int:
        return low + int(self.random() * (high - low + 1))

    def remaining_bytes(self) -> int:
        return 1


def main() -> None:
    budget = Budget()
    source = Source(budget.seed)
    budget.start()
    while True:
        try:
            budget.count(draw.program(source))
        except Mismatch:
            budget.mismatch()
            raise


if __name__ == "__main__":
    main()
