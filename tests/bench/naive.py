"""The loop that everybody writes first: an environment a unit, ruamel both ways, a validation call a document.

`python -m tests.bench.naive PEERS OUTPUT TARGET...`; imports nothing of ours.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

import jinja2
import kubernetes_validate
from ruamel.yaml import YAML

# What kubernetes-validate has schemas for; the other kinds go unchecked here.
BUILT_IN = ("v1", "apps/", "autoscaling/", "batch/", "networking.k8s.io/", "policy/", "rbac.", "scheduling.")


def main(peers: Path, output: Path, targets: list[str]) -> None:
    """Render, check and write some variants."""
    for target in targets:
        case = target.partition("/")[2]
        # not "rt": its mappings have an attribute `tag` of their own, which hides the image's
        values = YAML(typ="safe").load((peers / "values" / f"{target}.yaml").read_text("utf-8"))
        environment = jinja2.Environment(  # noqa: S701 - no HTML
            loader=jinja2.FileSystemLoader(peers / "jinja" / case),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        folder = output / target
        folder.mkdir(parents=True)
        for name in environment.list_templates():
            yaml = YAML(typ="rt")
            data = yaml.load(environment.get_template(name).render(values))
            if data["apiVersion"].startswith(BUILT_IN):
                kubernetes_validate.validate(data, "1.35", strict=True)
            text = io.StringIO()
            yaml.dump(data, text)
            (folder / name.removesuffix(".j2")).write_text(text.getvalue(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
