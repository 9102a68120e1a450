"""yaml-language-server, which most editors ask, takes our schemas as they are meant: by the first line of each file."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from gitopsgen.load.editors import editor_schemas, schema_for
from gitopsgen.source import walk

from .language_server import LanguageServer
from .needs import without

pytestmark = pytest.mark.real

ROOT = Path(__file__).parents[2]
PROGRAM = os.environ.get("YAML_LANGUAGE_SERVER") or shutil.which("yaml-language-server")
TIER = "# yaml-language-server: $schema=../../docs/schemas/overlay-tier.json\n"


@pytest.fixture(scope="module")
def server():
    if not PROGRAM:
        without("no yaml-language-server on PATH (npm install yaml-language-server), nor in YAML_LANGUAGE_SERVER")
    tags = json.loads((ROOT / "docs/schemas/vscode.json").read_text("utf-8"))["yaml.customTags"]
    running = LanguageServer(PROGRAM, ROOT, tags)
    yield running
    running.close()


def test_nothing_is_wrong_with_our_own_files(server):
    schemas = editor_schemas(ROOT).value
    written = [file for folder in ("blueprints", "overlays") for file in walk(ROOT, folder).value]
    written = ["gitopsgen.yaml", *(file for file in written if schema_for(schemas, file))]

    told = {file: server.faults(file, (ROOT / file).read_text("utf-8")) for file in written}

    assert {file: faults for file, faults in told.items() if faults} == {}
    assert len(told) > 100


def test_mistakes_are_told_at_their_lines(server):
    text = (
        TIER
        + """facts:
  wave: "3"
  teir: core
cases:
  payment-gateway:
    autoscaling:
      max: many
      maximum: 3
    args: !append [x]
  payment-gatway: {}
"""
    )
    told = server.faults("overlays/tiers/mistaken.yaml", text)

    assert sorted(line for line, _ in told) == [3, 4, 8, 9, 11]
    assert any("teir" in message for _, message in told)


def test_values_of_a_case_are_offered_and_told_of_where_a_layer_sets_them(server):
    begun = f"{TIER}cases:\n  payment-gateway:\n    autoscaling:\n      @@\n"
    asked = f"{TIER}cases:\n  payment-gateway:\n    autoscaling: {{@@max: 3}}\n"

    assert {"min", "max", "scaleUp"} <= set(server.words("overlays/tiers/begun.yaml", begun))
    assert "trading" in server.words("overlays/tiers/begun.yaml", f"{TIER}cases:\n  @@\n")
    assert "Most pods" in server.hover("overlays/tiers/asked.yaml", asked)
