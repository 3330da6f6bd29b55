"""Hypothesis, with the model as a rule-based state machine.

    python hypothesis_peer.py [--seed N] [--seconds S] [--fault NAME]
"""

from typing import Any, Callable

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

import machine
from budget import Budget
from machine import Machine, Mismatch

BUDGET = Budget()

kinds, sizes = st.sampled_from(machine.KINDS), st.sampled_from(machine.SIZES)
bytes_ = st.integers(0, 255)
numbers = st.integers(0, 7)
formats, shapes = st.sampled_from(machine.FORMATS), st.sampled_from(machine.SHAPES)
bounds, steps = st.sampled_from(machine.BOUNDS), st.sampled_from(machine.STEPS)
keys, values = st.sampled_from(machine.KEYS), st.sampled_from(machine.VALUES)
sources, others = st.sampled_from(machine.SOURCES), st.sampled_from(machine.OTHERS)
orders, hexes = st.sampled_from(machine.ORDERS), st.sampled_from(machine.HEXES)


class Views(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.machine = Machine()
        self.operations = 0

    def do(self, operation: Callable[..., None], *arguments: Any) -> None:
        try:
            operation(*arguments)
        except Mismatch:
            BUDGET.mismatch()
            # Hypothesis calls `teardown` all the same, where there is nothing to be compared any more.
            self.machine.exporters.clear()
            raise
        self.operations += 1

    @initialize(kind=kinds, size=sizes, first=bytes_)
    def begin(self, kind: str, size: int, first: int) -> None:
        self.do(self.machine.export, kind, size, first)

    @rule(kind=kinds, size=sizes, first=bytes_)
    def export(self, kind: str, size: int, first: int) -> None:
        self.do(self.machine.export, kind, size, first)

    @rule(number=numbers)
    def append(self, number: int) -> None:
        self.do(self.machine.append, number)

    @rule(number=numbers)
    def pop(self, number: int) -> None:
        self.do(self.machine.pop, number)

    @rule(number=numbers)
    def again(self, number: int) -> None:
        self.do(self.machine.again, number)

    @rule(number=numbers, start=bounds, stop=bounds, step=steps)
    def slice(self, number: int, start: Any, stop: Any, step: Any) -> None:
        self.do(self.machine.slice, number, start, stop, step)

    @rule(number=numbers, code=formats, shape=shapes)
    def cast(self, number: int, code: str, shape: Any) -> None:
        self.do(self.machine.cast, number, code, shape)

    @rule(number=numbers)
    def toreadonly(self, number: int) -> None:
        self.do(self.machine.toreadonly, number)

    @rule(number=numbers, key=keys)
    def item(self, number: int, key: Any) -> None:
        self.do(self.machine.item, number, key)

    @rule(number=numbers)
    def slices(self, number: int) -> None:
        self.do(self.machine.slices, number)

    @rule(number=numbers, key=keys, value=values)
    def set_item(self, number: int, key: Any, value: Any) -> None:
        self.do(self.machine.set_item, number, key, value)

    @rule(number=numbers, start=bounds, stop=bounds, step=steps, source=sources)
    def assign(self, number: int, start: Any, stop: Any, step: Any, source: Any) -> None:
        self.do(self.machine.assign, number, start, stop, step, source)

    @rule(number=numbers, start=bounds, stop=bounds, step=steps, source=numbers)
    def assign_view(self, number: int, start: Any, stop: Any, step: Any, source: int) -> None:
        self.do(self.machine.assign_view, number, start, stop, step, source)

    @rule(number=numbers)
    def tolist(self, number: int) -> None:
        self.do(self.machine.tolist, number)

    @rule(number=numbers, order=orders)
    def tobytes(self, number: int, order: Any) -> None:
        self.do(self.machine.tobytes, number, order)

    @rule(number=numbers, arguments=hexes)
    def hex(self, number: int, arguments: Any) -> None:
        self.do(self.machine.hex, number, arguments)

    @rule(number=numbers)
    def attributes(self, number: int) -> None:
        self.do(self.machine.attributes, number)

    @rule(number=numbers)
    def items(self, number: int) -> None:
        self.do(self.machine.items, number)

    @rule(number=numbers, value=values)
    def contains(self, number: int, value: Any) -> None:
        self.do(self.machine.contains, number, value)

    @rule(number=numbers, other=numbers)
    def equal(self, number: int, other: int) -> None:
        self.do(self.machine.equal, number, other)

    @rule(number=numbers, other=others)
    def equal_object(self, number: int, other: Any) -> None:
        self.do(self.machine.equal_object, number, other)

    @rule(number=numbers)
    def hash(self, number: int) -> None:
        self.do(self.machine.hash, number)

    @rule(number=numbers)
    def release(self, number: int) -> None:
        self.do(self.machine.release, number)

    @rule(number=numbers)
    def leave(self, number: int) -> None:
        self.do(self.machine.leave, number)

    @rule(number=numbers)
    def drop(self, number: int) -> None:
        self.do(self.machine.drop, number)

    def teardown(self) -> None:
        if self.machine.exporters:
            self.do(self.machine.finish)
            BUDGET.count(self.operations - 1)


def main() -> None:
    measured = BUDGET.seconds is not None
    options = settings(max_examples=2**40 if measured else 10_000, stateful_step_count=machine.LENGTH, database=None,
                       deadline=None, suppress_health_check=list(HealthCheck),
                       phases=[Phase.generate] if measured else list(Phase))
    BUDGET.start()
    run_state_machine_as_test(seed(BUDGET.seed)(Views), settings=options)


if __name__ == "__main__":
    main()
