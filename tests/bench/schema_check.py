"""Times the schema check of one document, ours and kubernetes-validate's: `python -m tests.bench.schema_check DIR`.

In one process: the start of neither is counted. Prints microseconds a document, one line each.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import kubernetes_validate

from gitopsgen.schemas import Bundled
from gitopsgen.schemas.validator import compile_kind
from tests.bench.fleet import KUBERNETES, write_project
from tests.bench.naive import BUILT_IN
from tests.bench.peers import objects, variants

CITIES = 9
OURS, THEIRS = 400, 2


def main(home: Path) -> None:
    """Time both on the same documents."""
    write_project(home, CITIES)
    documents = [
        data
        for _, _, context in variants(home)
        for data in objects(context).values()
        if data["apiVersion"].startswith(BUILT_IN)
    ]
    source = Bundled(KUBERNETES, home / "cache")
    validators = {}
    for data in documents:
        kind = source.find(data["apiVersion"], data["kind"])
        assert kind is not None
        validators[data["apiVersion"], data["kind"]] = compile_kind(kind)

    def ours(data: Any) -> None:
        assert not validators[data["apiVersion"], data["kind"]].violations(data), json.dumps(data)

    def theirs(data: Any) -> None:
        kubernetes_validate.validate(data, KUBERNETES, strict=True)

    print("ours", _microseconds(ours, documents, OURS))
    print("kubernetes-validate", _microseconds(theirs, documents[:18], THEIRS))


def _microseconds(check: Callable[[Any], None], documents: Sequence[Any], rounds: int) -> float:
    check(documents[0])
    rounds = max(1, rounds * 18 // len(documents))
    start = time.process_time()
    for _ in range(rounds):
        for data in documents:
            check(data)
    return (time.process_time() - start) / rounds / len(documents) * 1e6


if __name__ == "__main__":
    main(Path(sys.argv[1]))
