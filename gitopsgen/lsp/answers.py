"""What the project answers to a place in a file: what a value is, where it was set, what could be written there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from gitopsgen.diagnostics import Location
from gitopsgen.emit import inline
from gitopsgen.lsp import expressions, schema
from gitopsgen.lsp.positions import Place, Text
from gitopsgen.lsp.subjects import TEMPLATE, Subject, offset_of, seen, subjects_at, uses_of
from gitopsgen.model.variant import Origin, Provenance
from gitopsgen.pipeline.fields import has_member, member, shown
from gitopsgen.pipeline.project import Opened

_MOST: Final = 5  # different values in one hover
_NAMED: Final = 3  # variants that are named for one of them
_WIDEST: Final = 80
_FIELD: Final = 5  # the protocol's kind of a completion

Href = Callable[[Location], str]


def hover(opened: Opened, file: str, text: Text, place: Place, href: Href) -> str:
    """Give what is known of a value, as Markdown: its schema, its values, who set them and who lost; or nothing."""
    subjects = subjects_at(opened, file, text, place)
    return "\n".join(_told(opened, subjects, href)) if subjects else ""


def _told(opened: Opened, subjects: list[Subject], href: Href) -> Iterator[str]:
    first = subjects[0]
    about = _about(opened, first)
    yield f"**`{shown(first.path)}`**{f' · {about}' if about else ''}\n"
    groups = sorted(_groups(subjects).values(), key=len, reverse=True)
    for alike in groups[:_MOST]:
        names = list(dict.fromkeys(f"`{_holder(one)}`" for one in alike))
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        yield f"- `{_short(alike[0].value)}` in {', '.join(names[:_NAMED])}{more}"
        yield from _layers(_origins(opened, alike[0]), href, is_secret=alike[0].is_secret)
    if len(groups) > _MOST:
        yield f"- and {len(groups) - _MOST} other values"


def _holder(subject: Subject) -> str:
    """Give what has the value: a region its facts, a cluster its own, a variant all else."""
    address = subject.variant.id
    held = {"region": address.region, "cluster": f"{address.region}/{address.cluster}"}
    return held.get(str(subject.path[0]), str(address))


def _about(opened: Opened, subject: Subject) -> str:
    root, *rest = subject.path
    if root != "values":
        return ""
    return schema.about(opened.project.blueprints[subject.variant.id.case].schema, tuple(rest))


def _layers(found: Provenance, href: Href, *, is_secret: bool) -> Iterator[str]:
    for word, origins in (("set", found.winners), ("over", found.losers)):
        for one in origins:
            value = "" if is_secret else f": `{_short(one.value)}`"
            where = f"[{one.location}]({href(one.location)})" if one.location.line else str(one.location)
            yield f"  - {word} {where} {one.layer}{value}"


def _groups(subjects: list[Subject]) -> dict[str, list[Subject]]:
    groups: dict[str, list[Subject]] = {}
    for one in subjects:
        groups.setdefault(json.dumps([shown(one.path), one.value], sort_keys=True, default=str), []).append(one)
    return groups


def _short(value: Any) -> str:
    text = inline(value, 0) if not isinstance(value, dict | list) else json.dumps(value, ensure_ascii=False)
    one = " ".join(text.split()).replace("`", "'")
    return one if len(one) <= _WIDEST else f"{one[:_WIDEST]} …"


def _origins(opened: Opened, subject: Subject) -> Provenance:
    return opened.regions.places.values.of(subject.variant.id, subject.path)


def definition(opened: Opened, file: str, text: Text, place: Place) -> list[Location]:
    """Give the places that set a value; from a layer that lost, those that win over it."""
    found: dict[Location, None] = {}
    here = Location(file, text.position(place)[0])
    for one in subjects_at(opened, file, text, place):
        for winner in _origins(opened, one).winners:
            if winner.location.line and not (_is_at(winner, here) and not file.endswith(TEMPLATE)):
                found.setdefault(winner.location)
    return list(found)


def _is_at(origin: Origin, here: Location) -> bool:
    return (origin.location.file, origin.location.line) == (here.file, here.line)


def completion(opened: Opened, file: str, text: Text, place: Place) -> list[dict[str, Any]]:
    """Give what may follow in a template: names that its context has, of values with what their schema says."""
    offset = offset_of(text, place)
    begun = expressions.begun_at(text.whole, offset) if file.endswith(TEMPLATE) else None
    if begun is None:
        return []
    above = expressions.meant_at(text.whole, offset, begun[0])
    offers: dict[str, dict[str, Any]] = {}
    for case, template in uses_of(opened, file):
        variant = next((one for one in opened.variants if one.id.case == case), None)
        whole = seen(template, above)
        described: Mapping[str, Any] = {}
        if whole[:1] == ("values",):
            described = schema.properties(opened.project.blueprints[case].schema, whole[1:])
        context = dict(variant.context) if variant else {}
        there = member(context, whole) if has_member(context, whole) else None
        for name in (*described, *(there if isinstance(there, dict) else ())):
            if name.isidentifier() and name.startswith(begun[1]):
                offers.setdefault(name, _offer(name, described.get(name)))
    for name in expressions.names_before(text.whole, offset) if not above else ():
        if name.startswith(begun[1]):
            offers.setdefault(name, _offer(name, None))
    return list(offers.values())


def _offer(name: str, node: Any) -> dict[str, Any]:
    offer: dict[str, Any] = {"label": name, "kind": _FIELD}
    if isinstance(node, dict):
        offer["detail"], offer["documentation"] = schema.type_of(node), node.get("description", "")
    return {key: value for key, value in offer.items() if value}
