"""All danger rules over all changes: each danger once, with every place where it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from gitopsgen.check.rule import Rule
from gitopsgen.diff import MISSING, Difference, Object, Pair, Status, plain_path, shown
from gitopsgen.model.variant import Path
from gitopsgen.review.change import Changed, ChangeRule, Server, subject
from gitopsgen.review.dangers import exposed_outside, opened_network, weakened_mesh_tls
from gitopsgen.review.rules import CHANGE_RULES, FLEET_RULES, UPDATE_RULES

_UNKNOWN: Final[Mapping[str, Server]] = {}
_NEWEST: Final = Server()
# Of what goes with its namespace, or comes with it, these say nothing that matters.
_INSIDE: Final = (opened_network.RULE, weakened_mesh_tls.RULE, exposed_outside.RULE)


class Danger(NamedTuple):
    """A danger, as people see it; `field` is in the object as it will be, or, of a removed one, as it was.

    `files` are the paths of the object in the output tree, by place.
    """

    rule: Rule
    object: Object | None
    status: Status
    message: str
    hint: str
    field: Path
    files: dict[str, str]


def find_dangers(difference: Difference) -> tuple[Danger, ...]:
    """Give all dangers of a change, by code and object."""
    return _once((*_of_changes(difference, CHANGE_RULES), *_of_fleet(difference)))


def find_refusals(difference: Difference, servers: Mapping[str, Server]) -> tuple[Danger, ...]:
    """Give all changes that API servers, given by place, would refuse, by code and object."""
    return _once(_of_changes(difference, UPDATE_RULES, servers))


def _once(found: Iterable[Danger]) -> tuple[Danger, ...]:
    alike: dict[tuple[str, Object | None, str], Danger] = {}
    for danger in found:
        key = (danger.rule.code, danger.object, danger.message)
        alike.setdefault(key, danger._replace(files={})).files.update(danger.files)
    return tuple(sorted(alike.values(), key=lambda one: (one.rule.code, one.object or (), one.message)))


def _of_changes(
    difference: Difference, rules: Sequence[ChangeRule], servers: Mapping[str, Server] = _UNKNOWN
) -> Iterator[Danger]:
    spaces = _spaces(difference)
    for pair in difference.pairs:
        oldest = min((servers.get(place, _NEWEST) for place in pair.files), key=_version, default=_NEWEST)
        change = _change(pair, oldest)
        if change is None:
            continue
        for module in rules:
            if module.RULE.on is None or module.RULE.on(change.subject.known):
                files = _files(pair, module.RULE, spaces)
                for found in module.check(change) if files else ():
                    message, hint = shown(found.message), shown(found.hint)
                    yield Danger(module.RULE, pair.object, pair.status, message, hint, found.field, dict(files))


def _spaces(difference: Difference) -> set[tuple[Status, str, str]]:
    """Give the namespaces that come or go, each with its place."""
    found = (pair for pair in difference.pairs if pair.object.kind == "Namespace")
    return {(pair.status, place, pair.object.name) for pair in found for place in pair.files}


def _files(pair: Pair, rule: Rule, spaces: set[tuple[Status, str, str]]) -> Mapping[str, str]:
    """Give where a change is to be judged: what comes or goes with its whole namespace may."""
    if pair.status is Status.CHANGED or rule not in _INSIDE:
        return pair.files
    space = pair.object.namespace
    return {place: file for place, file in pair.files.items() if (pair.status, place, space) not in spaces}


def _of_fleet(difference: Difference) -> Iterator[Danger]:
    for module in FLEET_RULES:
        for found in module.check(difference):
            files = {place: found.pair.files.get(place, "") for place in found.places}
            data = found.pair.old if found.pair.new is MISSING else found.pair.new
            field = plain_path(data, found.change.path)
            yield Danger(module.RULE, None, found.pair.status, found.message, found.hint, field, files)


def _version(server: Server) -> tuple[int, ...]:
    return server.version


def _change(pair: Pair, server: Server) -> Changed | None:
    before, after = subject(pair.old, pair.object.case), subject(pair.new, pair.object.case)
    return server.changed(before, after, pair.changes) if before or after else None
