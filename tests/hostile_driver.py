"""Renders one template, given as JSON on standard input, within limits, and tells what came of it."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from pathlib import Path

SECONDS, MEMORY = 10, 512 * 1024 * 1024


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from gitopsgen.template.errors import TemplateErrors  # noqa: PLC0415 - within the limits
    from tests.engines import context_of, engine_over  # noqa: PLC0415

    asked = json.load(sys.stdin)
    started = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        engine, instances = engine_over(Path(folder), asked["templates"])
        try:
            made = engine.render(instances["t.yaml.j2"], context_of(asked["values"], asked.get("files")))
            found = None
            size = sum(len(one.content) + len(repr(one.data)) for one in made)
        except TemplateErrors as errors:
            found = [[one.rule, one.message, one.spot.line, one.hint] for one in errors.errors]
            size = 0
    json.dump({"errors": found, "size": size, "seconds": time.process_time() - started}, sys.stdout)


if __name__ == "__main__":
    main()
