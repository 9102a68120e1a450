"""What Gatekeeper would say: each file of tests/policies holds policies, objects, and what comes of them.

tests/real/test_policies.py asks the real gator the same.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from gitopsgen.policy.gatekeeper import Gatekeeper
from gitopsgen.policy.verdicts import Memory
from tests.policies.reading import cases, expected, objects


@pytest.mark.parametrize("path", cases(), ids=lambda path: path.stem)
def test_policies_say_exactly_what_is_expected_of_them(path: Path):
    found = objects(path)

    verdicts = list(Gatekeeper(found, Memory()).verdicts(range(len(found))))

    assert [one for one in verdicts if one.weight is None] == []
    said = [(found[one.subject], one.message) for one in verdicts]
    assert sorted(f"{data['kind']} {data['metadata']['name']}: {message}" for data, message in said) == expected(path)
