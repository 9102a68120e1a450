"""What a template that failed would have given is read from its text."""

from __future__ import annotations

import pytest

from gitopsgen.pipeline.unknown import kinds_of
from gitopsgen.template.loader import Loader


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("apiVersion: v1\nkind: Secret\nmetadata: {\n", {"Secret"}),
        ("kind: Role\n---\nkind: 'RoleBinding'\nroleRef:\n  kind: Role\n", {"Role", "RoleBinding"}),
        ("kind: {{ values.kind }}\n", None),
        ('{% include "components/opa/deployment.j2" %}\n', None),
        ('{% from "components/lib/metadata.j2" import labels %}\nkind: Service\n', {"Service"}),
        ("# nothing\n", set()),
    ],
)
def test_kinds(tmp_path, text, kinds):
    (tmp_path / "one.yaml.j2").write_text(text)

    assert kinds_of(Loader(tmp_path, "blueprints", {}, None), ["one.yaml.j2"]) == kinds
