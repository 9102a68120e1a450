"""Variants to files: each template once for each way through it, each variant a walk and a join.

Knows no overlays and no output tree; what it reads of a variant is the variant's context alone.
"""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final

from gitopsgen.emit import UnwritableError
from gitopsgen.model.project import Blueprint, Template
from gitopsgen.template.combination import Combination, Way
from gitopsgen.template.decisions import Decisions
from gitopsgen.template.errors import Spot, TemplateError, TemplateErrors
from gitopsgen.template.expressions import Context, Expressions, Node, reference
from gitopsgen.template.instance import ALL, Instance, Made, is_resource, named, output_kind, reader_of
from gitopsgen.template.leaf import Leaf, encode, trace_id
from gitopsgen.template.loader import Loader
from gitopsgen.template.prepare import Preparation
from gitopsgen.template.run import Run
from gitopsgen.template.skeleton import Skeleton, Tree
from gitopsgen.template.ways import Ways

_REMEMBERED: Final = 128
_FOLDERS: Final = {"node": "/bootstrap/", "application": "/argocd/"}


class Engine:
    """All templates of a project, with what was learned of them so far."""

    def __init__(self, loader: Loader, ways: Ways | None = None) -> None:
        """Start with nothing learned but the ways that earlier runs found."""
        self.loader = loader
        self.ways = ways
        self.expressions = Expressions()
        self._instances: dict[tuple[str, str, tuple[str, ...]], Instance] = {}
        self.reads: dict[str, dict[str, Leaf]] = {}
        self._combinations: dict[tuple[int, ...], Combination] = {}
        self._skeletons: dict[str, tuple[Skeleton, list[Tree]]] = {}
        self._last: tuple[str, Skeleton] | None = None  # what was traced last: it is often asked for next

    def save(self) -> None:
        """Keep for the next process what this one learned."""
        self.loader.save()
        if self.ways:
            self.ways.save()

    def instances(self, blueprint: Blueprint) -> Iterator[Instance]:
        """Give the templates of a blueprint as it uses them."""
        for template in blueprint.templates:
            key = (blueprint.name, template.path, template.at)
            known = self._instances.get(key)
            if known is None:
                known = self._instances[key] = self._instance(blueprint, template)
            yield known

    def _instance(self, blueprint: Blueprint, template: Template) -> Instance:
        own = template.path.partition(_FOLDERS.get(template.kind, "/manifests/"))[0]
        directories = dict.fromkeys((f"{blueprint.directory}/files/", f"{own}/files/"))
        roots = {
            name: reference(name) for name in ("case", "region", "cluster", "versions", "images", "project", "fleet")
        }
        roots["values"] = reference("values", *template.at)
        return self.instance(template, roots, blueprint.namespace, tuple(directories))

    def instance(
        self, template: Template, roots: Mapping[str, Node], namespace: str, directories: tuple[str, ...] = ()
    ) -> Instance:
        """Give a template as something uses it, with what earlier runs learned of it."""
        made = Instance(template, directories, roots, namespace, Decisions(self.expressions))
        for leaf in self.ways.leaves(made.key, self.expressions) if self.ways else ():
            made.decisions.add(leaf)
            self.reads.setdefault(template.path, {})[leaf.trace] = leaf
        return made

    def render(self, instance: Instance, context: Context) -> tuple[Made, ...]:
        """Give the files of one template for one variant.

        Raises `TemplateErrors` with all that is wrong, each error at its line of a template.
        """
        self.expressions.meter.begin()
        leaf = self.leaf(instance, context)
        try:
            values = leaf.values(context)
            key = marshal.dumps((leaf.trace, values), 2)
            made = instance.made.get(key)
            if made is None:
                made = self._make(instance, leaf, values, key)
                if len(instance.made) < _REMEMBERED:
                    instance.made[key] = made
        except (TemplateError, UnwritableError, RecursionError, ValueError) as error:
            if not leaf.is_placed:  # an earlier run found the way: find it again, to tell where it fails
                self._traced(instance, context)
                return self.render(instance, context)
            raise TemplateErrors(self._located(instance, leaf, context, error)) from None
        return made

    def _located(self, instance: Instance, leaf: Leaf, context: Context, error: Exception) -> list[TemplateError]:
        """Find the places of what went wrong while a template was filled in."""
        self.expressions.meter.begin()
        try:
            found = list(leaf.errors(context, self.expressions.meter))
        except (RecursionError, ValueError):
            found = []
        if not found:
            deep = TemplateError("too-much-work", "a value is nested too deeply")
            found = [error if isinstance(error, TemplateError) else deep]
            leaf.place(found[0])
        return [one.at(Spot(instance.template.path, 1)) for one in found]

    def leaf(self, instance: Instance, context: Context) -> Leaf:
        """Give the way that a variant takes through a template."""
        try:
            leaf = instance.decisions.find(context)
        except TemplateError:
            leaf = None  # the traced run meets the same error, and knows its place
        if leaf is None:
            leaf = self._traced(instance, context)
            if self.ways:
                self.ways.note(instance.key, leaf)
        return leaf

    def _traced(self, instance: Instance, context: Context) -> Leaf:
        leaf, skeleton = self.trace(instance, context)
        self._last = leaf.trace, skeleton
        instance.decisions.add(leaf)
        self.reads.setdefault(instance.template.path, {})[leaf.trace] = leaf
        return leaf

    def trace(self, instance: Instance, context: Context) -> tuple[Leaf, Skeleton]:
        """Run a template for one variant, with everything known of where its text comes from."""
        template = instance.template
        self.expressions.meter.begin()
        run = Run(context, self.expressions, self.loader.other, instance.directories)
        try:
            pieces = run.render(template.path, self.loader.tree(template.path), instance.roots)
            skeleton = Skeleton(pieces)
            preparation = Preparation(skeleton, self.expressions)
            documents = preparation.documents(
                template.path, output_kind(template), is_one_file=not is_resource(template)
            )
            observations = tuple(run.observations.values())
            leaf = Leaf(
                trace_id(template.path, template.at, observations),
                documents,
                tuple(preparation.fills),
                tuple(preparation.slots),
                preparation.functions(),
                observations,
                tuple(dict.fromkeys(run.templates)),
                tuple(fill.slot for fill in preparation.fills),
            )
        except TemplateError as error:
            raise TemplateErrors([error.at(Spot(template.path, 1))]) from None
        except RecursionError:
            deep = TemplateError("too-much-work", "the template is nested too deeply", Spot(template.path, 1))
            raise TemplateErrors([deep]) from None
        return leaf, skeleton

    def read_set(self, template: str, trace: str) -> list[Any]:
        """Give what a way through a template reads, as JSON can carry it: the templates first."""
        leaf = self.reads[template][trace.partition(".")[0]]
        return [["templates", *leaf.templates], *(encode(tuple(one)) for one in leaf.reads())]

    def skeleton(self, instance: Instance, leaf: Leaf, context: Context) -> tuple[Skeleton, list[Tree]]:
        """Give the marked text of a leaf and its documents, for a variant that leads there."""
        known = self._skeletons.get(leaf.trace)
        if known is None:
            is_last = self._last and self._last[0] == leaf.trace
            skeleton = self._last[1] if self._last and is_last else self.trace(instance, context)[1]
            is_text = output_kind(instance.template) == "text"
            known = self._skeletons[leaf.trace] = skeleton, [] if is_text else skeleton.documents()
        return known

    def combination(self, instances: Sequence[Instance], context: Context) -> Combination | None:
        """Give the ways that a variant takes through some templates, None where one fails or they are hardly shared."""
        try:
            leaves = [self.leaf(instance, context) for instance in instances]
        except TemplateErrors:
            return None
        key = tuple(map(id, leaves))  # each is kept by the decisions of its template
        known = self._combinations.get(key)
        if known is None and len(self._combinations) < _REMEMBERED:
            ways = [
                Way(one.template, leaf, self._digest(one, leaf), partial(named, one), reader_of(one.template))
                for one, leaf in zip(instances, leaves, strict=True)
            ]
            known = self._combinations[key] = Combination(ways)
        return known

    def _digest(self, instance: Instance, leaf: Leaf) -> Any:
        """Give the hash that is begun with the templates of a way."""
        begun = instance.sources.get(leaf.trace)
        if begun is None:
            begun = instance.sources[leaf.trace] = hashlib.sha256(self.loader.digest(leaf.templates).encode())
        return begun

    def _make(self, instance: Instance, leaf: Leaf, values: tuple[Any, ...], key: bytes) -> tuple[Made, ...]:
        template = instance.template
        inputs = self._digest(instance, leaf)
        made, is_object, is_single = [], is_resource(template), len(leaf.documents) == 1
        for number, document in enumerate(leaf.documents):
            trace = leaf.trace_of(number)
            digest = inputs.copy()
            digest.update(key if is_single else leaf.read(number, values))
            build = partial(document.build, values)
            name = named(instance, document.named(values))
            content = document.text(values).encode()
            if not content.strip():
                continue  # native text with nothing to say
            place = ALL if document.is_stream else number
            one = Made(
                name, content, None, template.path, trace, digest.hexdigest()[:16], place, is_object, build=build
            )
            del one.data
            made.append(one)
        return tuple(made)
