"""YAML files taken apart into documents.

Knows nothing of what the documents are for.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

import yaml

BETWEEN_DOCUMENTS = re.compile(r"^---[ \t]*$", re.MULTILINE)
COMMENTS = re.compile(r"(?:[ \t]*(?:#[^\n]*)?\n)*")

# Kubernetes reads dates as strings, and the lone `=`, which real CRDs hold, as itself.
UNREAD_TAGS = frozenset({"tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:value"})


class _Loader(yaml.CSafeLoader):
    yaml_implicit_resolvers = {  # noqa: RUF012 - the base class declares it so
        start: [(tag, pattern) for tag, pattern in known if tag not in UNREAD_TAGS]
        for start, known in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


def split(text: str) -> Iterator[tuple[str, str]]:
    """Give the leading comments and the rest of each document that holds more than comments."""
    # A line of three dashes alone cannot stand inside a document: block scalars are indented.
    for part in BETWEEN_DOCUMENTS.split(text):
        comments = COMMENTS.match(part)
        start = comments.end() if comments else 0
        body = part[start:]
        if body.strip():
            yield part[:start].strip(), body


def parse(body: str) -> dict[str, Any]:
    """Read one document that is an object."""
    obj = yaml.load(body, _Loader)  # noqa: S506 - a safe loader, see above
    if not isinstance(obj, dict):
        message = f"not an object: {body[:60]!r}"
        raise TypeError(message)
    return cast("dict[str, Any]", obj)


def joined(objects: Iterable[Mapping[str, Any]]) -> str:
    """Write objects as one file."""
    # JSON is YAML, and leaves no choice of quotes.
    return "\n---\n".join(map(json.dumps, objects))
