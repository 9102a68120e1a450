"""Which commit rendered manifests were made from, in the files that Argo CD's own hydrator leaves beside them.

`hydrator.metadata` holds `repoURL`, `drySha`, `commands`, `author`, `date`, `subject` and `body`; what says nothing is
left out: https://argo-cd.readthedocs.io/en/stable/user-guide/source-hydrator/
Of a variant, `manifests` is added: by it a later trail knows that they are the same, and leaves the file as it is, so
that no application is refreshed for nothing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from gitopsgen.model.variant import VariantId

FILE: Final = "hydrator.metadata"


def trail(
    repository: str, commit: str, said: Mapping[str, str], variants: Mapping[VariantId, str]
) -> Iterator[tuple[str, str]]:
    """Give path and text of each file: one for the whole tree, with what the commit says, and one a variant.

    `said` has the `author`, the `date` (RFC 3339), the `subject` and the `body` of the commit; `variants` have the
    digest of their manifests.
    """
    made = {"repoURL": repository, "drySha": commit}
    yield FILE, _text({**made, **said})
    for variant, digest in variants.items():
        place = f"--region {variant.region} --cluster {variant.cluster} --case {variant.case}"
        told = {**made, "commands": [f"gitopsgen render {place}"], "manifests": digest}
        yield f"{variant}/{FILE}", _text(told)


def digest_of(files: Iterable[tuple[str, bytes]]) -> str:
    """Give the digest of manifests, each with its path inside their folder."""
    each = (f"{path} {hashlib.sha256(content).hexdigest()}\n" for path, content in sorted(files))
    return f"sha256:{hashlib.sha256(''.join(each).encode()).hexdigest()}"


def digest_in(text: str) -> str:
    """Give the digest that the file of a variant names, empty where it names none."""
    try:
        told = json.loads(text)
    except ValueError:
        return ""
    digest = told.get("manifests") if isinstance(told, dict) else None
    return digest if isinstance(digest, str) else ""


def _text(content: Mapping[str, Any]) -> str:
    told = {key: value for key, value in content.items() if value}
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"
