"""What a rule is: its name, which objects it looks at, and the form of what it finds.

Knows no rule: `rules` lists them. A rule knows no lines and no files, only objects and field paths.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from gitopsgen.diagnostics import Severity
from gitopsgen.model.manifest import Manifest, ResourceId
from gitopsgen.model.unchecked import mapping, text
from gitopsgen.model.variant import Path
from gitopsgen.schemas import Kind, Source, Violation, split_api_version
from gitopsgen.schemas.validator import Validator

if TYPE_CHECKING:
    from gitopsgen.check.cluster import Cluster
    from gitopsgen.check.policies import Judged


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an apiVersion and kind: `kind` is None where no source has them.

    `pods` is the path of the pod template, None where the kind has none; `sources` is where kinds come from.
    """

    api_version: str
    name: str
    kind: Kind | None = None
    validator: Validator | None = None
    pods: Path | None = None
    sources: tuple[Source, ...] = ()
    group: str = field(init=False)

    def __post_init__(self) -> None:
        """Split off the group, which most questions ask for."""
        object.__setattr__(self, "group", split_api_version(self.api_version)[0])


class Found(NamedTuple):
    """What a rule finds: in which object, at which field, and what is wrong with it.

    `severity` is the rule's own, where it says nothing else; so is `refused`: whether the cluster would not take it.
    """

    subject: Subject
    field: Path
    message: str
    hint: str = ""
    severity: Severity | None = None
    refused: bool | None = None


class Subject:
    """An object that rules look at, with what each of them would have to look up again.

    Every accessor gives something of its type, also for an object that its schema refuses.
    """

    __slots__ = ("data", "known", "manifest", "metadata", "name", "namespace", "violations")

    def __init__(self, manifest: Manifest, known: Known) -> None:
        """Read the parts that most rules need."""
        self.manifest = manifest
        self.known = known
        self.data: Mapping[str, Any] = mapping(manifest.data)
        self.metadata = mapping(self.data.get("metadata"))
        self.name = text(self.metadata.get("name"))
        self.namespace = text(self.metadata.get("namespace"))
        self.violations: tuple[Violation, ...] = ()

    @property
    def identity(self) -> ResourceId:
        """Group, version, kind, namespace and name."""
        group, version = split_api_version(self.known.api_version)
        return ResourceId(group, version, self.known.name, self.namespace, self.name)

    def found(self, field: Path, message: str, hint: str = "") -> Found:
        """Give a finding in this object."""
        return Found(self, field, message, hint)

    def violating(self, sort: str) -> Iterator[Found]:
        """Give what the object violates of its schema, of one sort."""
        for violation in self.violations:
            if violation.sort == sort:
                yield Found(self, violation.field, violation.message, violation.hint)

    def __str__(self) -> str:
        """Give `Kind namespace/name`."""
        return str(self.identity)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule's names; `on` says which kinds it looks at, all where it is None.

    `is_shared` promises what `gitopsgen.check.sharing` says of rules and strings; `reckons` names annotations in which
    the rule reads numbers all the same, `reads` fields whose texts it reads to the last sign.
    `refused_by` says who in a cluster refuses such an object when it is created, nobody where it is empty: proven by
    `tests/real/test_check.py`, of Istio by `tests/real/test_istio_refusals.py`.
    `is_convention` says that the rule is one of repositories, of which no cluster knows.
    """

    code: str
    name: str
    severity: Severity
    on: Callable[[Known], bool] | None = None
    is_shared: bool = False
    reckons: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    refused_by: str = ""
    is_convention: bool = False


class ManifestRule(Protocol):
    """A module with a rule that judges each object by itself; the verdict depends on its data alone."""

    RULE: Rule

    def check(self, subject: Subject) -> Iterator[Found]:
        """Give what is wrong with the object."""


class ClusterRule(Protocol):
    """A module with a rule that looks at all objects of one cluster together."""

    RULE: Rule

    def check(self, cluster: Cluster) -> Iterator[Found]:
        """Give what is wrong with the objects."""


class PolicyRule(Protocol):
    """A module with a rule about what policies said of the objects of one cluster."""

    RULE: Rule

    def check(self, judged: Judged) -> Iterator[Found]:
        """Give what was said."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding with its rule: what the pipeline turns into a diagnostic with a line.

    `refused` says that the cluster would not take the object.
    """

    code: str
    name: str
    severity: Severity
    message: str
    hint: str
    manifest: Manifest
    field: Path
    refused: bool = False


API_SERVER: Final = "the API server"
MESH: Final = "the webhook of Istio"
_NAME: Final = re.compile(r"[A-Za-z0-9](?:[-./A-Za-z0-9]{0,250}[A-Za-z0-9])?")


def kind_in(sources: tuple[Source, ...], api_version: str, name: str) -> Kind | None:
    """Give the kind from the first source that has it, None where none has."""
    if not (_NAME.fullmatch(api_version) and _NAME.fullmatch(name)):
        return None  # no kind is called so, and no file
    return next((known for source in sources if (known := source.find(api_version, name))), None)


def has_schema(known: Known) -> bool:
    """Whether there is a schema for objects of this kind."""
    return known.validator is not None


def has_pods(known: Known) -> bool:
    """Whether objects of this kind hold a template of pods, or are one."""
    return known.pods is not None


def makes_pods(known: Known) -> bool:
    """Whether pods come of objects of this kind: a PodTemplate is only kept."""
    return known.pods is not None and known.name != "PodTemplate"


def of_kind(*names: str) -> Callable[[Known], bool]:
    """Give a test for kinds by `Kind` or `Kind.group`."""
    wanted = frozenset(names)

    def matches(known: Known) -> bool:
        return (f"{known.name}.{known.group}" if known.group else known.name) in wanted

    return matches
