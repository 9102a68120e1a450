"""`gitopsgen explain`: where a rendered field or a value comes from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gitopsgen.cli.console import open_console
from gitopsgen.cli.options import Color, Colour, Format, Output, ProjectDirectory, Quiet, subcommand

if TYPE_CHECKING:
    from gitopsgen.model.variant import Origin
    from gitopsgen.pipeline import Explanation
    from gitopsgen.pipeline.explain import ValueOrigin

app = subcommand()


@app.command()
def explain(
    target: Annotated[str, typer.Argument(metavar="TARGET", help="FILE#FIELD, or REGION/[CLUSTER/]CASE.")],
    path: Annotated[str, typer.Argument(metavar="[PATH]", help="The value's path, where TARGET is a variant.")] = "",
    project: ProjectDirectory = None,
    output: Output = Format.TEXT,
    color: Color = Colour.AUTO,
    quiet: Quiet = False,
) -> int:
    """Tell where a rendered field or a value comes from.

    The whole chain: value, template line, expression, the layer that won with its place, those that lost.

    gitopsgen explain 'generated/shanghai/edge/payment-gateway/deployment-payment-gateway.yaml#spec.replicas'

    gitopsgen explain shanghai/payment-gateway autoscaling.max
    """
    console = open_console(project, output, color, quiet)

    from gitopsgen.pipeline import explain as run
    from gitopsgen.report import Report

    outcome = run(console.root, target, path)
    records = [_record(explanation) for explanation in outcome.value]
    lines = (line for explanation in outcome.value for line in _lines(explanation))
    return console.finish(Report(outcome.diagnostics, {"explanations": records}, lines))


def _lines(explanation: Explanation) -> Iterator[str]:
    """Tell a chain from the value down to what lost."""
    name = explanation.target if "#" in explanation.target else f"{explanation.target} {explanation.field}"
    yield f"{name} = {_shown(explanation.value)}"
    for location, expression in explanation.written:
        yield f"  written   {location}  {f'{{{{ {expression} }}}}' if expression else 'literal text'}"
    for location in sorted({*explanation.literals} - {location for location, _ in explanation.written}):
        yield f"  written   {location}  literal text"
    for location in explanation.patches:
        yield f"  patched   {location}"
    for word, origins in (("from", explanation.origins), ("chosen by", explanation.steering)):
        for origin in origins:
            yield from _origin_lines(word, origin)


def _origin_lines(word: str, origin: ValueOrigin) -> Iterator[str]:
    yield f"  {word:<9} {origin.path}"
    for verb, found in (("set", origin.winners), ("lost", origin.losers)):
        for one in found:
            yield f"    {verb:<7} {one.location}  {one.layer}: {_shown(one.value)}"


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _record(explanation: Explanation) -> dict[str, Any]:
    from gitopsgen.report.json import place

    return {
        "target": explanation.target,
        "field": explanation.field,
        "value": explanation.value,
        "written": [{"location": place(where), "expression": text} for where, text in explanation.written],
        "literals": [place(where) for where in explanation.literals],
        "origins": [_origin(origin) for origin in explanation.origins],
        "steering": [_origin(origin) for origin in explanation.steering],
        "patches": [place(where) for where in explanation.patches],
    }


def _origin(origin: ValueOrigin) -> dict[str, Any]:
    return {"path": origin.path, "winners": _layers(origin.winners), "losers": _layers(origin.losers)}


def _layers(origins: Iterable[Origin]) -> list[dict[str, Any]]:
    from gitopsgen.report.json import place

    return [{"layer": one.layer, "location": place(one.location), "value": one.value} for one in origins]
