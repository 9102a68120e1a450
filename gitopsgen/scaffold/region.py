"""A new city: its facts, and the nearest cities that could take over for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from gitopsgen.diagnostics import Severity, UsageError
from gitopsgen.fleet import great_circle_km
from gitopsgen.load import load
from gitopsgen.model.project import Project, Region
from gitopsgen.scaffold.draft import Draft
from gitopsgen.scaffold.edits import data, with_missing, without
from gitopsgen.scaffold.names import check_name, refuse_taken
from gitopsgen.scaffold.project import folders_of, known_region
from gitopsgen.scaffold.template import Ask, answered, rendered, template
from gitopsgen.scaffold.writing import Made, apply

NEIGHBOURS: Final = 3
# What no other city can tell.
_OWN: Final = ("zh", "gb2260", "site", "lat", "lon")
_SHARED: Final = ("province", "iso", "tier", "area", "wave")


def new_region(project: Project, name: str, like: str, given: Mapping[str, str], ask: Ask | None) -> Made:
    """Write the overlay of a new city; `like` names one whose tier, area, wave and clusters it has, or is empty.

    Raises UsageError for a bad name, an existing city, facts that are missing or of the wrong form.
    """
    check_name("region", name)
    root = project.settings.root
    refuse_taken("region", name, project.known_regions)
    model = known_region(project, like) if like else None
    answers = _answers(project, model, {"name": name, **given}, ask)
    files = rendered(template("region"), answers)
    folder = f"{folders_of(project).overlays}/regions/{name}"
    draft = Draft(root)
    text = files["region.yaml"].decode("utf-8")
    if model:
        text = _with_clusters(text, Draft(root).text(f"{folders_of(project).overlays}/regions/{like}/region.yaml"))
    draft.add({f"{folder}/region.yaml": text.encode("utf-8")})
    _refuse_unsound(project, draft)
    undo = apply(root, draft.changes)
    return Made(draft.written, _notes(answers, model), undo)


def nearest(project: Project, place: tuple[float, float], tier: str, environment: str) -> list[str]:
    """Propose the cities that take over: nearest first, those with at least as many processors as the tier has first.

    `place` is latitude and longitude in degrees. Cities of another environment do not count.
    """
    fellows = [region for region in project.regions.values() if region.environment == environment]
    needed = min((_processors(region) for region in fellows if region.tier == tier), default=0)
    ranked = sorted(
        (_processors(region) < needed, great_circle_km(place, (region.facts["lat"], region.facts["lon"])), region.name)
        for region in fellows
    )
    return [name for _, _, name in ranked[:NEIGHBOURS]]


def _refuse_unsound(project: Project, draft: Draft) -> None:
    """Raise UsageError with all that would be wrong in what is about to be written."""
    drafted = {name: content for name, content in draft.changes.items() if content is not None}
    found = load(project.settings.root, instead=drafted).diagnostics
    wrong = [one for one in found if one.severity is Severity.ERROR and one.location.file in drafted]
    if wrong:
        raise UsageError("\n".join(f"{one.message}; {one.hint}" if one.hint else one.message for one in wrong))


def _answers(project: Project, model: Region | None, given: Mapping[str, str], ask: Ask | None) -> dict[str, str]:
    known = {key: str(model.facts[key]) for key in _SHARED} if model else {}
    known.update(given)
    settings = template("region")
    missing = [key for key in (*_OWN, *_SHARED) if key not in known]
    if missing and ask is None:
        flags = ", ".join(f"--{key}" for key in missing)
        raise UsageError(f"facts of {given['name']} are missing: give {flags}")
    prompts = settings.settings()["__prompts__"]
    for key in missing:
        if ask is not None:
            known[key] = ask(prompts[key], _default(project, known, key), ())
    place = (_degrees("lat", known["lat"], 90), _degrees("lon", known["lon"], 180))
    if "failover" not in known:
        environment = model.environment if model else _environment(project)
        proposed = ", ".join(nearest(project, place, known["tier"], environment))
        known["failover"] = ask(prompts["failover"], proposed, ()) if ask else proposed
    for city in known["failover"].replace(",", " ").split():
        known_region(project, city)
    return answered(settings, known, None)


def _default(project: Project, known: Mapping[str, str], key: str) -> str:
    """Give what is likely for a fact: that of the nearest city, or for a wave of the cities of the tier."""
    if key in _OWN or "lat" not in known or "lon" not in known:
        return ""
    place = (_degrees("lat", known["lat"], 90), _degrees("lon", known["lon"], 180))
    by_distance = sorted(
        project.regions.values(), key=lambda one: great_circle_km(place, (one.facts["lat"], one.facts["lon"]))
    )
    fellows = [region for region in by_distance if key != "wave" or region.tier == known.get("tier")]
    return str(fellows[0].facts[key]) if fellows else ""


def _environment(project: Project) -> str:
    names = [region.environment for region in project.regions.values()]
    return max(sorted(set(names)), key=names.count, default="")


def _degrees(name: str, text: str, most: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not -most <= value <= most:
        raise UsageError(f'found {name} "{text}", expected degrees between -{most} and {most}')
    return value


def _processors(region: Region) -> int:
    return max((_of_cluster(cluster.facts) for cluster in region.clusters), default=0)


def _of_cluster(facts: Mapping[str, Any]) -> int:
    size = facts.get("size") or {}
    return int(facts.get("workers") or facts.get("nodes") or 1) * int(size.get("cpu") or 1)


def _with_clusters(text: str, like: str) -> str:
    """Give the city the clusters of another one, as that one's own file tells of them."""
    raw = data(like, "region.yaml")
    if "clusters" not in (raw.get("facts") or {}):
        return text
    for key in [key for key in raw if key != "facts"]:
        like = without(like, (key,), "region.yaml")
    for key in [key for key in raw["facts"] if key != "clusters"]:
        like = without(like, ("facts", key), "region.yaml")
    return with_missing(text, like, "region.yaml")


def _notes(answers: Mapping[str, str], model: Region | None) -> tuple[str, ...]:
    notes = [f"cities that take over: {answers['failover'] or 'none'}"]
    if model:
        notes.append(f"values that only {model.name} has (its case files, `cases` in its region.yaml) were not copied")
    return tuple(notes)
