"""A file as it will stand in the output tree."""

from __future__ import annotations

from typing import NamedTuple


class Rendered(NamedTuple):
    """One finished file.

    `path` is relative to the output directory; `owner` is the variant (`shanghai/edge/payment-gateway`),
    the cluster (`shanghai/edge`) or `argocd`; `template` is the file that made it; `trace` names the way
    through that template, whose read-set is kept beside the tree; `inputs` is the digest of exactly what was read.
    A tuple, because a fleet makes a hundred thousand of them.
    """

    path: str
    content: bytes
    owner: str
    template: str
    trace: str = ""
    inputs: str = ""
