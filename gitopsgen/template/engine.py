"""Variants to files: each template once for each way through it, each variant a walk and a join.

Knows no overlays and no output tree; what it reads of a variant is the variant's context alone.
"""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from gitopsgen.emit import UnwritableError
from gitopsgen.model.project import Blueprint, Template
from gitopsgen.template.decisions import Decisions
from gitopsgen.template.errors import Spot, TemplateError, TemplateErrors
from gitopsgen.template.expressions import Context, Expressions, Node, reference
from gitopsgen.template.leaf import Leaf, encode, trace_id
from gitopsgen.template.loader import Loader
from gitopsgen.template.naming import file_name, identity_of
from gitopsgen.template.prepare import Preparation
from gitopsgen.template.run import Run
from gitopsgen.template.skeleton import Skeleton, Tree

ALL: Final = -1  # in the place of a document's number: the file holds all of them, its data is their list
_REMEMBERED: Final = 128
_FOLDERS: Final = {"node": "/bootstrap/", "application": "/argocd/"}


@dataclass(slots=True)
class Made:
    """One file of one template for one or more variants.

    `name` is relative to the case's folder, or for a node file to the cluster's;
    `data` is what a cluster reads, None for native text: made when someone asks, and again after `del made.data`.
    `verdict` is kept for whoever checks it: variants that fill a template alike share one record.
    """

    name: str
    content: bytes
    data: Any
    template: str
    trace: str
    inputs: str
    document: int
    is_resource: bool
    verdict: Any = None
    facts: Any = None
    build: Callable[[], Any] | None = field(default=None, repr=False, compare=False)

    def __getattr__(self, name: str) -> Any:
        """Make the data, when it is not there."""
        if name != "data" or self.build is None:
            raise AttributeError(name)
        self.data = self.build()
        return self.data


@dataclass(slots=True)
class Instance:
    """One template as one case uses it."""

    template: Template
    directories: tuple[str, ...]
    roots: Mapping[str, Node]
    namespace: str
    decisions: Decisions
    made: dict[bytes, tuple[Made, ...]] = field(default_factory=dict)
    names: dict[tuple[str, ...], str] = field(default_factory=dict)
    sources: dict[str, Any] = field(default_factory=dict)  # by trace, the hash of its templates


class Engine:
    """All templates of a project, with what was learned of them so far."""

    def __init__(self, loader: Loader) -> None:
        """Start with nothing learned."""
        self.loader = loader
        self.expressions = Expressions()
        self._instances: dict[tuple[str, str, tuple[str, ...]], Instance] = {}
        self.reads: dict[str, dict[str, Leaf]] = {}
        self._skeletons: dict[str, tuple[Skeleton, list[Tree]]] = {}

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
        return Instance(template, tuple(directories), roots, blueprint.namespace, Decisions(self.expressions))

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
            leaf = self.trace(instance, context)[0]
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
            documents = preparation.documents(template.path, output_kind(template))
            observations = tuple(run.observations.values())
            leaf = Leaf(
                trace_id(template.path, template.at, observations),
                documents,
                tuple(preparation.fills),
                tuple(preparation.slots),
                preparation.functions(),
                observations,
                tuple(dict.fromkeys(run.templates)),
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
            skeleton = self.trace(instance, context)[1]
            is_text = output_kind(instance.template) == "text"
            known = self._skeletons[leaf.trace] = skeleton, [] if is_text else skeleton.documents()
        return known

    def _make(self, instance: Instance, leaf: Leaf, values: tuple[Any, ...], key: bytes) -> tuple[Made, ...]:
        template = instance.template
        inputs = instance.sources.get(leaf.trace)
        if inputs is None:
            inputs = instance.sources[leaf.trace] = hashlib.sha256(self.loader.digest(leaf.templates).encode())
        is_object, is_single = is_resource(template), len(leaf.documents) == 1
        if leaf.documents and not (is_object or is_single):
            return (_one_file(instance, leaf, values, inputs.copy(), key),)
        made = []
        for number, document in enumerate(leaf.documents):
            trace = leaf.trace if is_single else f"{leaf.trace}.{number}"
            digest = inputs.copy()
            read = key if is_single else marshal.dumps((trace, [values[slot] for slot in document.slots]), 2)
            digest.update(read)
            build = partial(document.build, values)
            found = document.identity(values) if document.identity else identity_of(build())
            name = named(instance, found)
            content = document.text(values).encode()
            if not content.strip():
                continue  # native text with nothing to say
            one = Made(
                name, content, None, template.path, trace, digest.hexdigest()[:16], number, is_object, build=build
            )
            del one.data
            made.append(one)
        return tuple(made)


def _one_file(instance: Instance, leaf: Leaf, values: tuple[Any, ...], inputs: Any, key: bytes) -> Made:
    """Give all documents of a template for nodes as one file; what made them is said once, its data is a list."""
    texts = [document.text(values) for document in leaf.documents]
    content = "---\n".join([texts[0], *(text.partition("\n")[2] for text in texts[1:])]).encode()
    inputs.update(key)
    build = partial(_built, leaf, values)
    name, path = named(instance, ("", "", "")), instance.template.path
    made = Made(name, content, None, path, leaf.trace, inputs.hexdigest()[:16], ALL, is_resource=False, build=build)
    del made.data
    return made


def _built(leaf: Leaf, values: tuple[Any, ...]) -> list[Any]:
    return [document.build(values) for document in leaf.documents]


def named(instance: Instance, identity: tuple[Any, Any, Any]) -> str:
    """Give the name of a document's file, and remember it."""
    parts = tuple([one if one.__class__ is str else "" for one in identity])
    name = instance.names.get(parts)
    if name is None:
        name = file_name(instance.template, parts, instance.namespace)
        if len(instance.names) < _REMEMBERED:
            instance.names[parts] = name
    return name


def is_resource(template: Template) -> bool:
    """Tell whether a cluster reads what a template gives."""
    return template.kind in {"manifest", "fleet"}


def output_kind(template: Template) -> str:
    """Tell what a template gives: `yaml`, `json` or `text`."""
    if is_resource(template):
        return "yaml"
    name = template.path.removesuffix(".j2")
    return "yaml" if name.endswith((".yaml", ".yml")) else "json" if name.endswith(".json") else "text"
