"""Files of policies and objects that carry what comes of them as comments."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
EXPECTED = re.compile(r"^# expect: (?P<said>.*)$", re.MULTILINE)


def cases() -> list[Path]:
    return sorted(FOLDER.glob("*.yaml"))


def objects(path: Path) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(path.read_text("utf-8")))


def expected(path: Path) -> list[str]:
    return sorted(EXPECTED.findall(path.read_text("utf-8")))
