"""Workers end when their parent gives up, whatever they are about."""

from __future__ import annotations

import signal

import pytest

from gitopsgen.pipeline import crew


class Talkative:
    """Says more than a pipe holds."""

    def judge(self, part):
        for one in part:
            yield [f"{one} {number}" for number in range(100_000)]
            yield one

    def finish(self):
        """Nothing is agreed to."""

    def abandon(self):
        """Nothing was written."""


def test_a_parent_that_is_interrupted_does_not_wait_for_workers_that_wait_for_it():
    """Each worker inherits the pipes of those before it, so that their other end seems to be there still."""

    def interrupt(_):
        raise KeyboardInterrupt

    def too_late(*_):
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, too_late)
    signal.alarm(20)
    with pytest.raises(KeyboardInterrupt):
        crew.run(Talkative(), [[1] * 9, [2] * 9, [3] * 9], lambda _: False, interrupt)
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)
