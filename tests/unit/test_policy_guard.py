"""A policy that gives no answer is ended from beside: the engine hears neither timers nor Ctrl-C."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from gitopsgen.policy.guard import Guard

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the guard is a forked process")

ASKING = """
import os, sys
from gitopsgen.policy import rego
from gitopsgen.policy.guard import Guard
from gitopsgen.policy.modules import Module

SLOW = '''package slow

deny contains "never" if {
	some a in numbers.range(1, 100000)
	some b in numbers.range(1, 100000)
	a * b < 0
}
quick := 1
'''
rego._GUARD = Guard(float(sys.argv[1]))
policy = rego.Policy([Module("slow.rego", SLOW)])
print(policy.ask("data.slow.quick", "{}"), flush=True)
if sys.argv[2] == "forked" and os.fork():
    print(os.waitstatus_to_exitcode(os.wait()[1]), flush=True)
else:
    policy.ask("data.slow.deny", "{}")
"""


def begin(seconds, how="alone"):
    command = [sys.executable, "-c", ASKING, str(seconds), how]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(command, text=True, start_new_session=True, **pipes)


def test_a_question_without_an_end_is_ended():
    process = begin(1)
    said, errors = process.communicate(timeout=60)

    assert (process.returncode, said) == (-signal.SIGKILL, "1\n")
    why = "it gave no answer within 1 s, the run is ended and writes nothing"
    assert errors == f"gitopsgen: error: slow.rego: data.slow.deny: {why}\n"


def test_a_forked_process_has_a_guard_of_its_own():
    process = begin(1, "forked")
    said, errors = process.communicate(timeout=60)

    assert (process.returncode, said.splitlines()[-1]) == (0, str(-signal.SIGKILL))
    assert "it gave no answer within 1 s" in errors


def test_ctrl_c_ends_a_question_at_once():
    process = begin(600)
    time.sleep(5)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)

    assert process.returncode == -signal.SIGKILL
    assert "slow.rego: data.slow.deny: interrupted" in errors


def test_questions_that_end_are_left_alone():
    guard = Guard(0.5)
    for _ in range(3):
        with guard.asking("quick"):
            pass
        time.sleep(0.6)
