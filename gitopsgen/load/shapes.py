"""The closed shapes of the project's own files, as JSON Schemas that editors can use too.

Reads only schema files of this package.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import jsonschema_rs

from gitopsgen.load.findings import FACTS
from gitopsgen.source import Tagged
from gitopsgen.values import Judge, Problem, echoes

if TYPE_CHECKING:
    from gitopsgen.load.inputs import Inputs

_FOLDER: Final = Path(__file__).parent / "schemas"  # importlib.resources takes 20 ms to import


@cache
def shape(name: str) -> Judge:
    """Give the compiled shape of a kind of file, such as `blueprint` or `facts-region`."""
    schema = schema_of(name)
    return Judge(schema, jsonschema_rs.Draft202012Validator(schema), FACTS)


def schema_of(name: str) -> dict[str, Any]:
    """Read a schema; what it takes from `facts.json` is put into its own definitions."""
    text = (_FOLDER / f"{name}.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text.replace("facts.json#/$defs/", "#/$defs/"))
    if "facts.json" in text:
        schema["$defs"] = {**schema_of("facts")["$defs"], **schema.get("$defs", {})}
    return schema


def check_shape(inputs: Inputs, name: str, file: str, data: Any, prefix: tuple[str, ...] = ()) -> bool:
    """Report what a file has that its shape does not allow; tell whether it has none."""
    found = shape(name).violations(untagged(data))
    unknown = [problem for problem in found if problem.kind == FACTS.unknown]
    for problem in found:
        if problem.kind == FACTS.missing and echoes(problem, unknown):
            continue
        inputs.report(file, Problem(problem.kind, (*prefix, *problem.path), problem.message, problem.hint, problem.key))
    return not found


def untagged(value: Any) -> Any:
    """Give data without its merge tags, as far as its shape goes; deleted keys are left out."""
    kind = type(value)
    if kind is Tagged:
        return untagged(value.value)
    if kind is dict:
        return {name: untagged(item) for name, item in value.items() if not _is_deleted(item)}
    return [untagged(item) for item in value] if kind is list else value


def _is_deleted(value: Any) -> bool:
    return type(value) is Tagged and value.op == "delete"
