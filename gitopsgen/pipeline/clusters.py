"""The variants of one cluster, filled together and judged together; what was learned of one serves the next.

Only for variants in which nothing is out of the ordinary: any other is rendered template by template.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gitopsgen import argocd
from gitopsgen.check import Checker, certain, has_policies
from gitopsgen.model.manifest import Manifest
from gitopsgen.model.variant import Variant
from gitopsgen.pipeline.kinds import Kinds
from gitopsgen.pipeline.settings import Settings
from gitopsgen.pipeline.together import Together, Told, told_of
from gitopsgen.pipeline.verdicts import Verdicts
from gitopsgen.template.combination import Combination
from gitopsgen.template.engine import Engine
from gitopsgen.template.instance import Instance


class Clusters:
    """What is known of the clusters of one run so far."""

    def __init__(self, engine: Engine, instances: Callable[[Variant], Sequence[Instance]], settings: Settings) -> None:
        """Take what renders templates, what tells those of a variant, and what is known of clusters."""
        self._engine = engine
        self._instances = instances
        self._verdicts = Verdicts()
        self._settings = settings
        self._kinds: dict[Combination, Kinds] = {}

    def filled(self, members: Sequence[Variant]) -> list[Together] | None:
        """Fill all templates of a cluster's variants together, None where one of them wants it otherwise."""
        filled = []
        for variant in members:
            made = None if variant.patches else self._together(variant)
            if made is None:
                return None
            filled.append(made)
        return filled or None

    def _together(self, variant: Variant) -> Together | None:
        combination = self._engine.combination(self._instances(variant), variant.context)
        filled = combination.fill(variant.context) if combination else None
        if filled is None or combination is None or filled.has_equal_names:
            return None
        return Together(variant, combination, filled)

    def told(self, filled: Sequence[Together], checker: Checker, *, is_whole: bool) -> Sequence[Told]:
        """Judge the variants of a cluster, unless one that is alike was judged before."""
        setting = self._settings.of([one.variant for one in filled])
        key = self._verdicts.key(checker, filled, setting, is_whole=is_whole)
        told = self._verdicts.get(key) if key else None
        made = _Manifests(filled)
        if told is None:
            manifests = [made[at, sheet] for at, one in enumerate(filled) for sheet in one.combination.checked]
            found = self._verdicts.of_manifests(checker, filled, manifests, key)
            together = checker.cluster(manifests, setting)
            told = tuple(told_of(filled, (*found, *(together if is_whole else certain(together, None)))))
            if key:
                self._verdicts.keep(key, told)
        return (*told, *self._by_policies(filled, made, checker, is_whole=is_whole))

    def _by_policies(
        self, filled: Sequence[Together], made: _Manifests, checker: Checker, *, is_whole: bool
    ) -> Sequence[Told]:
        """Ask the policies of a cluster: they may read any word, so that no cluster shares what they say."""
        if not checker.own and not has_policies(kind[:2] for one in filled for kind in self.kinds(one)):
            return ()
        manifests = [made[at, sheet] for at, one in enumerate(filled) for sheet in one.combination.resources]
        return tuple(told_of(filled, checker.policies(manifests, is_whole=is_whole)))

    def kinds(self, one: Together) -> frozenset[argocd.Kind]:
        """Give the kinds of a variant's manifests."""
        known = self._kinds.get(one.combination)
        if known is None:
            known = self._kinds[one.combination] = Kinds(one.combination)
        return known.of(one.combination, one.filled)


class _Manifests(dict[tuple[int, int], Manifest]):
    """The manifests of a cluster by variant and sheet, each built when it is first asked for."""

    def __init__(self, filled: Sequence[Together]) -> None:
        super().__init__()
        self._filled = filled

    def __missing__(self, place: tuple[int, int]) -> Manifest:
        variant, sheet = place
        self[place] = made = self._filled[variant].manifest(sheet)
        return made
