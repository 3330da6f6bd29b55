"""A run of a peer: its options, what it counts, and its end after some seconds of CPU or at the first mismatch."""

import argparse
import json
import os
import sys
import time
from typing import Optional

import faults


class Budget:
    """Counts programs and operations. Time is the CPU time of this process, from the first program on."""

    def __init__(self) -> None:
        parser = argparse.ArgumentParser()
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--seconds", type=float, help="seconds of CPU, after which one line of JSON is printed; "
                            "without them the peer goes on, and shows a mismatch as its tool does")
        parser.add_argument("--fault", choices=sorted(faults.FAULTS), metavar="NAME", help="see faults.py")
        options = parser.parse_args()
        if sys.implementation.name != "cpython" or sys.version_info[:2] != (3, 11):
            sys.exit("the model is that of CPython 3.11, and this is another Python")
        self.seed: int = options.seed
        self.seconds: Optional[float] = options.seconds
        self.fault: Optional[str] = options.fault
        self.programs = 0
        self.operations = 0
        self.started = time.process_time()

    def start(self) -> None:
        """To be called when the tool is ready to run programs."""
        if self.fault:
            faults.commit(self.fault)
        self.started = time.process_time()

    def count(self, operations: int) -> None:
        """A program has come to its end."""
        self.programs += 1
        self.operations += operations
        if self.seconds and time.process_time() - self.started >= self.seconds:
            self.end(False)

    def mismatch(self) -> None:
        """To be called where the program is that found something; the caller then raises the mismatch again."""
        self.programs += 1
        if self.seconds:
            self.end(True)

    def end(self, found: bool) -> None:
        """Ends the process at once, as neither tool has another way to be stopped."""
        took = time.process_time() - self.started
        json.dump({"programs": self.programs, "operations": self.operations, "cpu": took, "found": found}, sys.stdout)
        print(flush=True)
        os._exit(0)
