"""Rego's own tests: rules that are called `test_…`, as `opa test` runs them.

https://www.openpolicyagent.org/docs/policy-testing
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from gitopsgen.policy.errors import PolicyError
from gitopsgen.policy.modules import Module
from gitopsgen.policy.rego import Policy
from gitopsgen.policy.tested import Tested

SUFFIX: Final = ".rego"
TESTS: Final = "_test.rego"
_TEST, _TODO = "test_", "todo_test_"


def read_modules(texts: Sequence[tuple[str, str]]) -> Policy:
    """Compile the policies of one folder, given as (file, text): all in the form of OPA 1.0, or all in the one before.

    Raises `PolicyError`, of the new form, where they are in neither.
    """
    try:
        return Policy([Module(file, text) for file, text in texts])
    except PolicyError as error:
        try:
            return Policy([Module(file, text, is_old=True) for file, text in texts])
        except PolicyError:
            raise error from None


def run_tests(policy: Policy, file: str) -> Iterator[Tested]:
    """Run the tests of one module."""
    package = policy.package(file)
    for name, line in policy.rules(file):
        if name.startswith(_TODO):
            yield Tested(f"data.{package}.{name}", is_skipped=True, line=line)
        elif name.startswith(_TEST):
            yield _run(policy, f"data.{package}.{name}", line)


def _run(policy: Policy, rule: str, line: int) -> Tested:
    try:
        value = policy.ask(rule, "{}")
    except PolicyError as error:
        where = f" ({error.module}:{error.line})" if error.line else ""
        return Tested(rule, (), f"not evaluated: {error.message}{where}", line=line, printed=policy.printed)
    wrong = "" if value not in {None, False} else f"the rule is {'undefined' if value is None else 'false'}"
    return Tested(rule, (), wrong, line=line, printed=policy.printed)
