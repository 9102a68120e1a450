"""What the file of a rendered document is called."""

from __future__ import annotations

import re
from typing import Final

from gitopsgen.model.project import Template
from gitopsgen.template.errors import Spot, TemplateError

_UNSAFE: Final = re.compile(r"[^a-z0-9.-]+")
_LONGEST: Final = 200


def file_name(template: Template, identity: tuple[str, ...], namespace: str) -> str:
    """Give `<kind>-<name>.yaml`, with the namespace where it is not the case's own.

    `identity` is kind, name and namespace, empty for what is missing.
    Raises `TemplateError` for a document that says neither its kind nor its name.
    """
    if template.output:
        return f"bootstrap/{template.output}" if template.kind == "node" else template.output
    kind, name, own = identity
    if not kind or not name:
        message = "found a document without 'kind' or 'metadata.name', expected a Kubernetes object"
        raise TemplateError("missing-name", message, Spot(template.path, 1))
    parts = (kind, name) if own in {"", namespace} else (kind, own, name)
    return f"{_UNSAFE.sub('-', '-'.join(parts).lower())[:_LONGEST]}.yaml"
