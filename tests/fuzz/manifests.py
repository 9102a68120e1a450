"""Manifests of anyone: none gives a traceback, and none is passed over in silence."""

from collections.abc import Iterator

from tests.properties.test_hostile_manifests import FIXTURES, ROOT, TOKENS, holds

LONGEST = 4000  # characters: longer ones only take longer


def judge(content: bytes) -> None:
    """Judge one stream of manifests."""
    holds(content)


def seeds() -> Iterator[bytes]:
    """Give what the search begins with: the documents of rules' fixtures, and signs that readers stumble over."""
    for fixture in FIXTURES:
        for document in fixture.read_text("utf-8").split("\n---\n"):
            if len(document) < LONGEST:
                yield document.encode()
    yield from (token.encode("utf-8", "surrogatepass") for token in TOKENS)
    yield from (path.read_bytes() for path in sorted((ROOT / "tests/adopted").rglob("*.yaml"))[:20])
