"""The patches of one variant: which object each is for, and what the object is like afterwards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from gitopsgen.diagnostics import Diagnostic, Severity
from gitopsgen.model.project import Patch
from gitopsgen.model.variant import Path
from gitopsgen.patches.findings import CODES, IDLE, REFUSED, UNPLACED, Fault
from gitopsgen.patches.json_patch import apply_operations
from gitopsgen.patches.leaf import same
from gitopsgen.patches.strategic import GONE, merge
from gitopsgen.schemas.kind import Schema
from gitopsgen.source import Tagged, locate

_IDENTITY: Final[tuple[Path, ...]] = (("apiVersion",), ("kind",), ("metadata", "name"), ("metadata", "namespace"))


@dataclass(frozen=True, slots=True)
class Target:
    """The object that a patch asks for: kind, name, and a namespace where it gives one."""

    kind: str
    name: str
    namespace: str = ""

    @classmethod
    def of(cls, patch: Patch) -> Target:
        """Give the target of a patch."""
        return cls(patch.target["kind"], patch.target["name"], patch.target.get("namespace", ""))

    def is_met_by(self, data: Any) -> bool:
        """Tell whether a rendered object is the one."""
        if not isinstance(data, Mapping) or data.get("kind") != self.kind:
            return False
        metadata = data.get("metadata")
        if not isinstance(metadata, Mapping) or metadata.get("name") != self.name:
            return False
        return self.namespace in ("", metadata.get("namespace", ""))


@dataclass(frozen=True, slots=True)
class Patched:
    """An object after its patches; `data` is None where one of them deletes it."""

    data: Any
    patches: tuple[Patch, ...]
    faults: tuple[tuple[Patch, Fault], ...] = field(default=())


def apply(data: Any, patches: Sequence[Patch], schema: Schema) -> Patched:
    """Give a rendered object with all patches that are for it, in their order, and what is wrong with them.

    A patch with a fault changes nothing. `schema` is that of the object's kind, empty where nobody knows it.
    """
    faults: list[tuple[Patch, Fault]] = []
    for patch in patches:
        if data is None:
            break
        changed, found = applied(data, patch, schema)
        found = found or tuple(_aftermath(data, changed, patch))
        faults += [(patch, fault) for fault in found]
        if not found:
            data = None if changed is GONE else changed
    return Patched(data, tuple(patches), tuple(faults))


def applied(data: Any, patch: Patch, schema: Schema) -> tuple[Any, tuple[Fault, ...]]:
    """Give an object with one patch (`GONE` where that deletes it), and what is wrong with the patch."""
    tagged = tuple(_tags(patch))
    if tagged:
        return data, tagged
    if patch.strategic_merge is not None:
        return merge(data, patch.strategic_merge, schema)
    return apply_operations(data, patch.json_patch)


def unplaced(patches: Iterable[Patch], met: Mapping[Target, int]) -> Iterator[tuple[Patch, Fault]]:
    """Give the patches whose target is not exactly one object; `met` counts the objects of each."""
    for patch in patches:
        target = Target.of(patch)
        count = met.get(target, 0)
        name = f"{target.kind} '{target.namespace + '/' if target.namespace else ''}{target.name}'"
        if count == 0:
            yield patch, Fault(UNPLACED, ("target",), f"found a patch of {name}, which the variant does not render")
        elif count > 1:
            message = f"found a patch of {name}, of which the variant renders {count}, expected one"
            yield patch, Fault(UNPLACED, ("target",), message, "give its namespace")


def diagnostic(patch: Patch, fault: Fault, texts: Mapping[str, str]) -> Diagnostic:
    """Give a fault at its line in the overlay."""
    path = (*patch.path, *fault.path)
    where = locate(texts.get(patch.file, ""), path, key=True, file=patch.file)
    return Diagnostic(CODES[fault.rule], fault.rule, Severity.ERROR, fault.message, where, fault.hint)


def digest(inputs: str, patches: Sequence[Patch]) -> str:
    """Give the digest of what a patched file was made of: what its template read, and the patches."""
    changes = [[patch.strategic_merge, patch.json_patch] for patch in patches]
    text = json.dumps([inputs, changes], separators=(",", ":"), sort_keys=True, default=repr)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _aftermath(before: Any, after: Any, patch: Patch) -> Iterator[Fault]:
    """Judge what a patch has made of an object."""
    if after is GONE:
        return
    body: Path = ("strategicMerge",) if patch.strategic_merge is not None else ("jsonPatch",)
    if not isinstance(after, Mapping):
        yield Fault(REFUSED, body, "found a patch that leaves no object behind")
    elif same(before, after):
        yield Fault(IDLE, body, "found a patch that changes nothing: the object already is as it says", "remove it")
    else:
        changed = [".".join(map(str, path)) for path in _IDENTITY if not same(_at(before, path), _at(after, path))]
        if changed:
            message = f"found a patch that changes '{changed[0]}', which tells the object from others"
            yield Fault(REFUSED, body, message, "change it in the template")


def _at(data: Any, path: Path) -> Any:
    for step in path:
        data = data.get(step) if isinstance(data, Mapping) else None
    return data


def _tags(patch: Patch) -> Iterator[Fault]:
    body: tuple[str, Any] = ("strategicMerge", patch.strategic_merge)
    if patch.strategic_merge is None:
        body = ("jsonPatch", list(patch.json_patch))
    for path, tag in _tagged(body[1], (body[0],)):
        message = f"found the tag '!{tag.lstrip('!')}' in a patch, expected plain data"
        yield Fault(REFUSED, path, message, "tags merge layers of values; a patch has '$patch' instead")


def _tagged(data: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(data, Tagged):
        yield path, data.op
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from _tagged(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _tagged(value, (*path, index))
