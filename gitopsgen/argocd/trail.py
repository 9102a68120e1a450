"""Which commit rendered manifests were made from, in the files that Argo CD's own hydrator leaves beside them.

`hydrator.metadata` holds `repoURL`, `drySha`, `commands`, `author`, `date`, `subject` and `body`; what says nothing is
left out: https://argo-cd.readthedocs.io/en/stable/user-guide/source-hydrator/
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from gitopsgen.model.variant import VariantId

FILE: Final = "hydrator.metadata"


def trail(
    repository: str, commit: str, said: Mapping[str, str], variants: Iterable[VariantId]
) -> Iterator[tuple[str, str]]:
    """Give path and text of each file: one for the whole tree, with what the commit says, and one a variant.

    `said` has the `author`, the `date` (RFC 3339), the `subject` and the `body` of the commit.
    """
    made = {"repoURL": repository, "drySha": commit}
    yield FILE, _text({**made, **said})
    for variant in variants:
        place = f"--region {variant.region} --cluster {variant.cluster} --case {variant.case}"
        yield f"{variant}/{FILE}", _text({**made, "commands": [f"gitopsgen render {place}"]})


def _text(content: Mapping[str, Any]) -> str:
    told = {key: value for key, value in content.items() if value}
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"
