"""Rego's own tests: rules that are called `test_…`, as `opa test` runs them.

https://www.openpolicyagent.org/docs/policy-testing
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, Final

from gitopsgen.policy.errors import PolicyError
from gitopsgen.policy.modules import Module
from gitopsgen.policy.rego import Policy
from gitopsgen.policy.tested import Tested
from gitopsgen.policy.tokens import tokens

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
        if any(is_new(text) for _, text in texts):
            raise
        try:
            return Policy([Module(file, text, is_old=True) for file, text in texts])
        except PolicyError:
            raise error from None


def is_new(policy: str) -> bool:
    """Whether a policy has words of OPA 1.0 that the form before it does not know unless it imports them."""
    found = tokens(policy)
    imported = {first.text for first, second in pairwise(found) if second.is_first}
    imports = any(one.text == "future" for one in found) and imported & {"keywords", "if", "contains"}
    return not imports and any(
        one.text in {"if", "contains"} and not one.depth and not one.is_first and after.text not in {"(", ".", ":="}
        for one, after in pairwise(found)
        if one.sort == "word"
    )


def joined_data(documents: Sequence[tuple[str, Any]]) -> str:
    """Give what the data files of one folder, as (file, content), come to, as JSON; raises `PolicyError`."""
    found: dict[str, Any] = {}
    for file, content in documents:
        if not isinstance(content, dict):
            raise PolicyError("data for policies is an object, whose keys are read as data.<key>", file, 1)
        twice = next((key for key in content if key in found), None)
        if twice is not None:
            raise PolicyError(f'"{twice}" stands in another data file of the folder too', file, 1)
        found |= content
    return json.dumps(found, default=str) if found else ""


def run_tests(policy: Policy, file: str, data: str = "") -> Iterator[Tested]:
    """Run the tests of one module; `data` is JSON."""
    package = policy.package(file)
    for name, line in policy.rules(file):
        if name.startswith(_TODO):
            yield Tested(f"data.{package}.{name}", is_skipped=True, line=line)
        elif name.startswith(_TEST):
            yield _run(policy, f"data.{package}.{name}", line, data)


def _run(policy: Policy, rule: str, line: int, data: str) -> Tested:
    try:
        value = policy.ask(rule, "{}", data)
    except PolicyError as error:
        where = f" ({error.module}:{error.line})" if error.line else ""
        return Tested(rule, (), f"not evaluated: {error.message}{where}", line=line, printed=policy.printed)
    wrong = "" if value is True else f"the rule is {_named(value)}, expected true"
    return Tested(rule, (), wrong, line=line, printed=policy.printed)


def _named(value: Any) -> str:
    return "undefined" if value is None else json.dumps(value, ensure_ascii=False)
