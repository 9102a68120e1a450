"""`gitopsgen new service`: an application repository, and its place in the GitOps repository."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from gitopsgen.diagnostics import UsageError
from gitopsgen.model.project import Blueprint, Project
from gitopsgen.scaffold.blueprint import place_in
from gitopsgen.scaffold.draft import Draft
from gitopsgen.scaffold.lock import Lock, lock_path, locks, read_lock
from gitopsgen.scaffold.names import check_name
from gitopsgen.scaffold.project import canaries, cluster_of, folders_of, known_region
from gitopsgen.scaffold.service import add_service
from gitopsgen.scaffold.template import Ask, answered, rendered, template
from gitopsgen.scaffold.writing import Made, Undo, apply, create, nothing, refuse_existing, taken_back_unless_done

_WASM: Final = "rust-wasm"
_DEFAULT_CLASS: Final = "wasmedge-edge"
# Components of a case to whose values a service adds, at the path that is their name.
_AT_THEIR_NAME: Final = ("network", "secrets")


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted: `case` is empty where the project has but one; `given` are answers to the templates' questions.

    `regions` and `cluster` say where a case of its own begins to run: the cities of the first wave otherwise.
    With `replay` the answers are those of the lock, and only what is missing is made.
    """

    name: str
    case: str
    directory: Path
    given: Mapping[str, str]
    regions: Sequence[str] = ()
    cluster: str = ""
    replay: bool = False


def new_service(project: Project, order: Order, ask: Ask | None) -> Made:
    """Write both; on failure neither. Raises UsageError for a bad or taken name, and where no case is meant clearly."""
    check_name("service", order.name)
    root = project.settings.root
    if order.directory.resolve().is_relative_to(root.resolve()):
        raise UsageError(f"{order.directory} is inside the GitOps repository: an application has one of its own")
    answers = _recorded(root, order.name) if order.replay else _answers(project, order, ask)
    draft = Draft(root)
    notes = add_service(draft, template("gitops"), answers, folders_of(project))
    if answers["own_case"] == "yes" and not order.replay:
        place_in(draft, project, order.regions or canaries(project), order.cluster, answers["case"])
    files = _application(answers)
    if order.replay and order.directory.is_dir() and any(order.directory.iterdir()):
        files = {}
    created = create(order.directory, files) if files else nothing
    with taken_back_unless_done(created):
        applied = apply(root, draft.changes)
    made = (*draft.written, *(f"{order.directory}/{name}" for name in files))
    return Made(made, notes, partial(_all, applied, created))


def _all(*undos: Undo) -> None:
    for undo in undos:
        undo()


def _answers(project: Project, order: Order, ask: Ask | None) -> dict[str, str]:
    root = project.settings.root
    case = _case(project, order)
    if (root / lock_path("service", order.name)).exists():
        raise UsageError(f"there is a service {order.name} already: --replay makes again what is missing of it")
    refuse_existing(order.directory)
    if case in project.blueprints and (order.regions or order.cluster):
        raise UsageError(f"{order.name} runs where {case} does: --region and --cluster are for a case of its own")
    for region in order.regions:
        cluster_of(known_region(project, region), order.cluster)
    known = _of_case(project, case) if case in project.blueprints else {"own_case": "yes"}
    taken = project.blueprints[case].defaults if case in project.blueprints else ()
    if any(order.name in layer.data for layer in taken if not layer.at):
        raise UsageError(f'the values of {case} have "{order.name}" already: call the service differently')
    registry = project.settings.registry
    shared = {"name": order.name, "case": case, "registry": registry, **known, **order.given}
    application = answered(template("application"), shared, ask)
    runtime = _runtime_class(project) if application["language"] == _WASM else _DEFAULT_CLASS
    needs_class = application["language"] == _WASM and not runtime
    classes = {"runtime_class": runtime or _DEFAULT_CLASS, "brings_runtime_class": "yes" if needs_class else "no"}
    gitops = answered(template("gitops"), {**shared, **classes, **application}, None)
    return {**application, **gitops}


def _case(project: Project, order: Order) -> str:
    """Give the case that the service joins, or its own name where it is to be a case of its own."""
    names = tuple(project.blueprints)
    if order.case == order.name or order.case in names:
        return order.case
    if order.case:
        raise UsageError(
            f'case "{order.case}" does not exist: name one of {", ".join(names)}, or that of the service for a new one'
        )
    if len(names) > 1:
        raise UsageError(f"say with --case which case the service belongs to, of {', '.join(names)}")
    return names[0] if names else order.name


def _of_case(project: Project, case: str) -> dict[str, str]:
    blueprint = project.blueprints[case]
    used = {use.component for use in blueprint.uses}
    for use in blueprint.uses:
        if use.component in _AT_THEIR_NAME and use.at != (use.component,):
            where = f'"{".".join(use.at)}"' if use.at else "its top"
            message = f'{case} has the values of the component {use.component} at {where}, expected "{use.component}"'
            raise UsageError(
                f"{message}: a service adds its own there; give it a case of its own instead (--case NAME)"
            )
    return {
        "own_case": "no",
        "namespace": blueprint.namespace,
        "title": blueprint.title,
        "brings_namespace": "no" if _has_namespace(blueprint) else "yes",
        "brings_policy_engine": "no" if "opa" in used else "yes",
        "brings_secret_store": "no" if "secrets" in used and not _brought_store(project, case) else "yes",
    }


def _brought_store(project: Project, case: str) -> bool:
    """Tell whether a service brought the store of secrets to a case: it goes with the last of them."""
    fellows = (one for one in locks(project.settings.root) if one.kind == "service" and one.answers["case"] == case)
    return any(one.answers.get("brings_secret_store", "yes") == "yes" for one in fellows)


def _has_namespace(blueprint: Blueprint) -> bool:
    """Tell whether a case makes the namespace that it is in, wherever the values of that stand."""
    own = next((layer.data for layer in blueprint.defaults if not layer.at), {})
    for use in blueprint.uses:
        values: Any = own
        for step in use.at:
            values = values.get(step) if isinstance(values, Mapping) else None
        named = values.get("name") if isinstance(values, Mapping) else None
        if use.component == "namespace" and (named or blueprint.namespace) == blueprint.namespace:
            return True
    return False


def _runtime_class(project: Project) -> str:
    """Give a RuntimeClass of the project whose handler runs Wasm, or nothing."""
    layers: list[Any] = [layer.data for blueprint in project.blueprints.values() for layer in blueprint.defaults]
    for overlay in project.overlays.values():
        layers += [layer.data for layer in overlay.cases.values()]
        layers += [layer.data for cases in overlay.class_cases.values() for layer in cases.values()]
    names = [str(one["name"]) for layer in layers for one in _mappings(layer) if one.get("handler") == "wasmedge"]
    return next((name for name in names if name == _DEFAULT_CLASS), next(iter(names), ""))


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        value = list(value.values())
    for each in value if isinstance(value, list | tuple) else ():
        yield from _mappings(each)


def _application(answers: Mapping[str, str]) -> dict[str, bytes]:
    source = template("application")
    files = rendered(source, answers)
    texts = {name: content.decode("utf-8") for name, content in files.items()}
    lock = Lock("service", answers["name"], source.name, source.digest, answers, texts)
    return {**files, lock.path: lock.content()}


def _recorded(root: Path, name: str) -> dict[str, str]:
    path = lock_path("service", name)
    if not (root / path).is_file():
        raise UsageError(f"there is no {path}: nothing was recorded to be replayed")
    answers = read_lock(root, path).answers
    # a template of today may ask for more than that of then
    for source in (template("application"), template("gitops")):
        answers = {**answers, **answered(source, answers, None)}
    return dict(answers)
