

# `hook` is not part of Python. It is an object whose special methods have side effects.


class hook:
    """Every special method returns `answer`, but first releases one object and appends to another."""

    def __init__(self, answer, releases=None, appends=None):
        self.answer = answer
        self.arm(releases, appends)

    def arm(self, releases=None, appends=None):
        self.releases, self.appends = releases, appends

    def asked(self, *arguments):
        if self.releases is not None:
            self.releases.release()
        if self.appends is not None:
            self.appends.append(0)
        return self.answer

    __index__ = __float__ = __bool__ = __eq__ = __call__ = __hash__ = __len__ = asked


NAMES["hook"] = hook
