"""`hook`, which is no part of Python: an object whose special methods have side effects.

A class that any Python can have. It has no attributes that a program would know of, and no weak references, as the
type of the embedded engine.
"""


class hook:
    """Every special method returns `answer`, but first releases one object and appends to another."""

    __module__ = "builtins"
    __slots__ = ("_answer", "_releases", "_appends")

    def __init__(self, answer, releases=None, appends=None):
        self._answer, self._releases, self._appends = answer, releases, appends

    def arm(self, releases=None, appends=None):
        before = self._releases, self._appends
        self._releases, self._appends = releases, appends
        del before

    def _asked(self, other=None):
        releases, appends = self._releases, self._appends
        if releases is not None:
            releases.release()
        if appends is not None:
            appends.append(0)
        return self._answer

    def __index__(self):
        return self._asked()

    def __float__(self):
        return self._asked()

    def __bool__(self):
        return self._asked()

    def __hash__(self):
        return self._asked()

    def __len__(self):
        return self._asked()

    def __call__(self, reference):
        return self._asked()

    def __eq__(self, other):
        return self._asked()


def make_hook():
    """The class, by its name. Raises where special methods are not called."""
    if b"abc"[hook(1)] != 98:
        raise TypeError("a special method is not called")
    return {"hook": hook}
