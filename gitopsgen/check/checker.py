"""Runs the rules over manifests of one Kubernetes version and one schema pack.

Keeps what it learned about kinds; keeps nothing about objects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.capacity import Setting
from gitopsgen.check.cluster import Cluster
from gitopsgen.check.own import OwnRules
from gitopsgen.check.pods import template_path
from gitopsgen.check.rule import Finding, Found, Known, Rule, Subject, kind_in
from gitopsgen.check.rules import CLUSTER_RULES, MANIFEST_RULES, NODE_RULES, POLICY_RULES, RULES
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.unchecked import text
from gitopsgen.schemas import Bundled, Kind, Pack, Source, split_api_version
from gitopsgen.schemas.cache import default_directory
from gitopsgen.schemas.validator import compile_kind

if TYPE_CHECKING:
    from gitopsgen.policy.verdicts import Memory

Check = Callable[[Subject], Iterator[Found]]
_MUTATORS: Final = "mutations.gatekeeper.sh"
_POLICIES: Final = {
    "templates.gatekeeper.sh": frozenset({"ConstraintTemplate"}),
    _MUTATORS: frozenset({"Assign", "AssignImage", "AssignMetadata", "ModifySet"}),
}


class Checker:
    """All rules, for one Kubernetes version and the custom kinds of one pack.

    Made once, before workers are forked; raises `UsageError` where the version has no schemas.
    """

    def __init__(
        self,
        kubernetes: str,
        pack: Path,
        *,
        cache: Path | None = None,
        keep: bool = True,
        before: Sequence[Source] = (),
    ) -> None:
        """Take the schemas; `cache` is where cut schemas are kept, if `keep` (default: the user's cache).

        Custom kinds are looked for in the sources `before` the pack first.
        """
        self.kubernetes = kubernetes
        directory = (cache or default_directory()) if keep else None
        self._sources: tuple[Source, ...] = (Bundled(kubernetes, directory), *before, Pack(pack))
        self._wants: Callable[[Rule], bool] = lambda _: True
        self._known: dict[tuple[str, str], tuple[Known, tuple[tuple[Rule, Check], ...]]] = {}
        self._claimed: dict[tuple[str, str], Known] = {}
        self._memory: Memory | None = None
        self.own = OwnRules()

    def restrict(self, wants: Callable[[Rule], bool]) -> Checker:
        """Run only the rules that `wants` takes, from the first object on."""
        self._wants = wants
        return self

    def manifest(self, manifest: Manifest) -> tuple[Finding, ...]:
        """Give what is wrong with one manifest; depends on its data alone."""
        if not manifest.is_resource:
            subject = Subject(manifest, Known("", ""))
            return tuple([_finding(module.RULE, found) for module in NODE_RULES for found in module.check(subject)])
        known, checks = self._rules_of(claim_of(manifest.data))
        subject = Subject(manifest, known)
        if known.validator is not None:
            subject.violations = known.validator.violations(manifest.data)
        return tuple([_finding(rule, found) for rule, check in checks for found in check(subject)])

    def cluster(self, manifests: Sequence[Manifest], setting: Setting | None = None) -> tuple[Finding, ...]:
        """Give what is wrong between the manifests of one cluster; needs no schema of theirs."""
        cluster = self.gathered(manifests, setting)
        rules = [rule for rule in CLUSTER_RULES if self._wants(rule.RULE)]
        return tuple([_finding(rule.RULE, found) for rule in rules for found in rule.check(cluster)])

    def govern(self, own: OwnRules) -> Checker:
        """Hold objects to rules of one's own too."""
        self.own = own
        return self

    def policies(self, manifests: Sequence[Manifest], *, is_whole: bool = True) -> tuple[Finding, ...]:
        """Give what the policies among the manifests of a cluster, and rules of one's own, say of the manifests.

        Where these are not all of the cluster, what depends on others is left out.
        """
        rules = [rule for rule in POLICY_RULES if self._wants(rule.RULE)]
        subjects = [Subject(one, self._claims(one.data)) for one in manifests if one.is_resource]
        has_any = self.own or has_policies((one.known.group, one.known.name) for one in subjects)
        if not rules or not has_any:
            return ()
        from gitopsgen.check.policies import judged  # noqa: PLC0415 - what a fleet without policies never needs

        self._memory = self._memory or _memory()
        said = judged(subjects, self.own, self._memory, is_whole=is_whole)
        return tuple([_finding(rule.RULE, found) for rule in rules for found in rule.check(said)])

    def gathered(self, manifests: Sequence[Manifest], setting: Setting | None = None) -> Cluster:
        """Give the manifests of one cluster as rules look at them."""
        subjects = [Subject(manifest, self._claims(manifest.data)) for manifest in manifests if manifest.is_resource]
        files = [(manifest.file, manifest.data) for manifest in manifests if not manifest.is_resource]
        return Cluster(subjects, files, setting)

    @property
    def looks_across(self) -> bool:
        """Whether any rule that is run looks at more than one object."""
        rules = [*(rule.RULE for rule in CLUSTER_RULES), *(rule.RULE for rule in POLICY_RULES)]
        return any(self._wants(rule) for rule in rules)

    def kind(self, api_version: str, name: str) -> Kind | None:
        """Give what is known of a kind, None where nothing is."""
        return kind_in(self._sources, api_version, name)

    def shares(self, api_version: str, name: str) -> bool:
        """Tell whether objects of a kind are judged alike where they differ in names alone.

        See `gitopsgen.check.sharing`.
        """
        if split_api_version(api_version)[0] == _MUTATORS:
            return False  # what it puts into a field of others, a policy may read to the last sign
        own = self._rules_of((api_version, name))[1]
        return all(rule.RULE.is_shared for rule in CLUSTER_RULES) and all(rule.is_shared for rule, _ in own)

    def shares_nodes(self) -> bool:
        """Tell the same of files for nodes."""
        return all(rule.RULE.is_shared for rule in NODE_RULES)

    @property
    def reckoned(self) -> frozenset[str]:
        """The annotations in which some rule reads numbers."""
        return frozenset[str]().union(*(module.RULE.reckons for module in RULES))

    @property
    def read(self) -> frozenset[str]:
        """The fields whose texts some rule reads to the last sign."""
        return frozenset[str]().union(*(module.RULE.reads for module in RULES))

    def known(self, api_version: str, name: str) -> Known:
        """Give what is known of a kind."""
        return self._rules_of((api_version, name))[0]

    def _rules_of(self, claim: tuple[str, str]) -> tuple[Known, tuple[tuple[Rule, Check], ...]]:
        if claim not in self._known:
            known = self._learn(*claim)
            self._known[claim] = known, tuple(one for one in _checks(known) if self._wants(one[0]))
        return self._known[claim]

    def _claims(self, data: Any) -> Known:
        claim = claim_of(data)
        if claim not in self._claimed:
            pods = template_path(split_api_version(claim[0])[0], claim[1])
            self._claimed[claim] = Known(*claim, pods=pods, sources=self._sources)
        return self._claimed[claim]

    def _learn(self, api_version: str, kind: str) -> Known:
        found = self.kind(api_version, kind)
        return Known(
            api_version=api_version,
            name=kind,
            kind=found,
            validator=None if found is None else compile_kind(found),
            pods=template_path(split_api_version(api_version)[0], kind),
            sources=self._sources,
        )


def has_policies(kinds: Iterable[tuple[str, ...]]) -> bool:
    """Tell whether objects of these kinds, each with its group, can hold a policy, or change what policies judge."""
    return any(name in _POLICIES.get(group, ()) for group, name, *_ in kinds)


def claim_of(data: Any) -> tuple[str, str]:
    """Give the apiVersion and kind that a document claims, empty where they are no strings."""
    if not isinstance(data, dict):
        return "", ""
    return text(data.get("apiVersion")), text(data.get("kind"))


def _memory() -> Memory:
    from gitopsgen.policy.verdicts import Memory  # noqa: PLC0415 - see above

    return Memory()


def _checks(known: Known) -> Iterable[tuple[Rule, Check]]:
    for module in MANIFEST_RULES:
        if module.RULE.on is None or module.RULE.on(known):
            yield module.RULE, module.check


def _finding(rule: Rule, found: Found) -> Finding:
    manifest = found.subject.manifest
    severity = found.severity or rule.severity
    refused = bool(rule.refused_by) if found.refused is None else found.refused
    return Finding(rule.code, rule.name, severity, found.message, found.hint, manifest, found.field, refused)
