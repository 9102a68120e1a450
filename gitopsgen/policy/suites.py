"""Suites of gator: a constraint tried on objects, with what it has to say of each.

https://open-policy-agent.github.io/gatekeeper/website/docs/gator#writing-test-suites
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path
from gitopsgen.policy.actions import is_enforced_at
from gitopsgen.policy.errors import PolicyError
from gitopsgen.policy.gatekeeper import Gatekeeper, Verdict
from gitopsgen.policy.rego import fitting
from gitopsgen.policy.review import request_of
from gitopsgen.policy.tested import Tested
from gitopsgen.policy.verdicts import Memory
from gitopsgen.schemas.constraints import constraint_kind
from gitopsgen.schemas.validator import compile_kind

SUITE: Final = ("test.gatekeeper.sh/v1alpha1", "Suite")
GATOR: Final = "gator.gatekeeper.sh"
Object = Mapping[str, Any]
Read = Callable[[str], Sequence[Object]]


class SuiteError(Exception):
    """What a suite asks for cannot be done: why."""


def is_suite(data: Any) -> bool:
    """Tell whether a document is a suite."""
    return (mapping(data).get("apiVersion"), mapping(data).get("kind")) == SUITE


def run_suite(suite: Object, read: Read) -> Iterator[Tested]:
    """Run the tests of a suite; `read` gives the objects in a file that it names, and raises `SuiteError`."""
    for number, each in enumerate(sequence(suite.get("tests"))):
        test = mapping(each)
        name, place = text(test.get("name")), ("tests", number)
        if suite.get("skip") is True or test.get("skip") is True:
            yield Tested(name, place, is_skipped=True)
            continue
        try:
            yield from _run_test(test, (name, place), read)
        except SuiteError as error:
            yield Tested(name, place, str(error))


def _run_test(test: Object, named: tuple[str, Path], read: Read) -> Iterator[Tested]:
    template = _only(read, test, "template")
    constraint = _only(read, test, "constraint")
    expansions = read(text(test.get("expansion"))) if test.get("expansion") else ()
    invalid = _invalid(template, constraint)
    if test.get("invalid") is True:
        wrong = "" if invalid else "the constraint fits the schema of its template, expected one that does not"
        yield Tested(*named, wrong)
        return
    if invalid:
        raise SuiteError(f"the constraint does not fit the schema of its template: {invalid}")
    policies = (template, constraint, *expansions)
    problems = Gatekeeper(policies, Memory()).problems
    if problems:
        raise SuiteError(problems[0])
    memory = Memory()
    for number, each in enumerate(sequence(test.get("cases"))):
        case = mapping(each)
        name, place = f"{named[0]}/{text(case.get('name'))}", (*named[1], "cases", number)
        if case.get("skip") is True:
            yield Tested(name, place, is_skipped=True)
            continue
        try:
            yield Tested(name, place, _run_case(case, policies, read, memory))
        except SuiteError as error:
            yield Tested(name, place, str(error))


def _only(read: Read, test: Object, key: str) -> Object:
    name = text(test.get(key))
    if not name:
        raise SuiteError(f'the test names no "{key}"')
    objects = read(name)
    if len(objects) != 1:
        raise SuiteError(f'"{name}" holds {len(objects)} objects, expected one')
    return objects[0]


def _invalid(template: Object, constraint: Object) -> str:
    """Give why a constraint does not fit its template, empty where it does."""
    kind = constraint_kind(template)
    if kind is None or kind.name != constraint.get("kind"):
        made = f'the template makes "{kind.name}"' if kind else f'"template" is a {template.get("kind")}'
        return f'its kind is "{constraint.get("kind")}", {made}'
    found = compile_kind(kind).violations(constraint)
    return found[0].message if found else ""


def _run_case(case: Object, policies: Sequence[Object], read: Read, memory: Memory) -> str:
    """Give what is wrong with a case, empty where nothing is."""
    assertions = [mapping(one) for one in sequence(case.get("assertions"))]
    if not assertions:
        raise SuiteError("the case asserts nothing")
    subject = _only(read, case, "object")
    inventory = [one for name in sequence(case.get("inventory")) for one in read(text(name))]
    gatekeeper = Gatekeeper([*policies, *inventory], memory)
    messages = []
    for one in _verdicts(gatekeeper, subject, policies[1]):
        if one.weight is None and not one.is_unmatched:
            raise SuiteError(f"not evaluated: {one.message}")
        messages.append(one.message)
    return next((wrong for one in assertions if (wrong := _disproved(one, messages))), "")


def _verdicts(gatekeeper: Gatekeeper, subject: Object, constraint: Object) -> Iterator[Verdict]:
    if not is_enforced_at(mapping(constraint.get("spec")), GATOR):
        return
    if subject.get("kind") != "AdmissionReview" or not text(subject.get("apiVersion")).startswith("admission.k8s.io/"):
        yield from gatekeeper.of_candidate(gatekeeper.candidate(subject))
        return
    request = mapping(subject.get("request"))
    if not (request.get("object") or request.get("oldObject")):
        raise SuiteError('the request of the AdmissionReview holds neither "object" nor "oldObject"')
    if request.get("operation") == "DELETE" and not request.get("oldObject"):
        raise SuiteError('the request deletes what it does not hold as "oldObject"')
    data, review = request_of(subject)
    yield from gatekeeper.of_candidate(gatekeeper.candidate(data), review=review)


def _disproved(assertion: Object, messages: Sequence[str]) -> str:
    """Give how the messages differ from what an assertion says, empty where they do not."""
    pattern = assertion.get("message")
    try:
        number = len(messages) if pattern is None else len(fitting(str(pattern), messages))
    except PolicyError as error:
        raise SuiteError(f'"{pattern}" is no regular expression') from error
    wanted = assertion.get("violations", "yes")
    wanted = {True: "yes", False: "no"}.get(wanted, wanted) if isinstance(wanted, bool) else wanted
    if wanted in {"yes", "no"}:
        is_right, said = (number > 0) == (wanted == "yes"), "at least 1" if wanted == "yes" else "none"
    elif isinstance(wanted, int) and wanted >= 0:
        is_right, said = number == wanted, f"exactly {wanted}"
    else:
        raise SuiteError(f'"violations" is {wanted!r}, expected yes, no or a number')
    if is_right:
        return ""
    of_them = f' that fit "{pattern}"' if pattern is not None else ""
    got = "".join(f"; got: {one}" for one in messages)
    return f"got {number} violations{of_them}, expected {said}{got}"
