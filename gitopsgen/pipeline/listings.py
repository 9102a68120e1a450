"""Where the lines of kustomizations come from: an entry from what gives the file or folder its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from gitopsgen import argocd
from gitopsgen.model.variant import Path, Variant
from gitopsgen.pipeline.chains import Explanation, Source, chain, explained_field, joined, origins, scalars
from gitopsgen.pipeline.fields import member, shown
from gitopsgen.pipeline.project import Opened
from gitopsgen.template.explain import explain as explain_field
from gitopsgen.template.instance import Made

_KIND, _NAME, _NAMESPACE = ("kind",), ("metadata", "name"), ("metadata", "namespace")


@dataclass(frozen=True, slots=True)
class Entry:
    """What a kustomization lists: a path below the output, and what tells where its name comes from."""

    path: str
    explain: Callable[[], Iterable[Explanation]]


def of_case(opened: Opened, variant: Variant) -> Mapping[str, Entry]:
    """Give the entries of a case's kustomization: a file is named after the object in it."""
    folder = f"{opened.project.settings.generated}/{variant.id}"

    def explained(source: Source) -> Iterator[Explanation]:
        for path in naming_fields(source[2]):
            yield chain(opened, source, path, "")

    return {
        made.name: Entry(f"{folder}/{made.name}", partial(explained, (variant, instance, made)))
        for instance, made in opened.made(variant)
        if made.is_resource
    }


def naming_fields(made: Made) -> tuple[Path, ...]:
    """Give the fields that a file is named by: the namespace too, which the name leaves out where it is the case's."""
    return (_KIND, _NAME, _NAMESPACE) if made.data["metadata"].get("namespace") else (_KIND, _NAME)


def of_cluster(opened: Opened) -> Mapping[str, Entry]:
    """Give the entries of a cluster's kustomization: a folder is named after the case in it."""
    variant = opened.variants[0]
    folder = f"{opened.project.settings.generated}/{argocd.cluster_of(variant)}"
    cases = variant.context["cluster"]["cases"]

    def explained(index: int) -> Iterator[Explanation]:
        yield Explanation("", "", "", origins=tuple(origins(opened, variant, (("cluster", "cases", index),))))

    return {case: Entry(f"{folder}/{case}", partial(explained, index)) for index, case in enumerate(cases)}


def listed(opened: Opened, file: str, field: str, entries: Mapping[str, Entry]) -> Iterator[Explanation]:
    """Explain the scalars at and below a field of a kustomization."""
    instance, context = opened.regions.kustomizations.instance, {"resources": sorted(entries)}
    (made,) = opened.engine.render(instance, context)
    for path in scalars(made.data, field):
        source = explain_field(opened.engine, instance, context, made.document, path)
        assert source is not None  # noqa: S101 - the path comes from what was rendered
        value = member(made.data, path)
        target = (f"{file}#{shown(path)}", path, value)
        own = explained_field(opened, opened.variants[0], target, replace(source, paths=(), steering=()))
        is_entry = path[0] == "resources" and len(path) > 1
        yield replace(joined(own, entries[value].explain()), lists=entries[value].path) if is_entry else own
