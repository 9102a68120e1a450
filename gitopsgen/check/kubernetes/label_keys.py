"""The labels of a pod whose values become part of a selector: `matchLabelKeys` and `mismatchLabelKeys`.

A server writes the values that the pod has into the selector, then refuses a key that stood there already: of affinity
between pods since 1.31, of a constraint on spreading since 1.34. Before, it does not look at those of affinity, and
refuses every key of a constraint that its selector has too.
https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from gitopsgen.check.names import label_key
from gitopsgen.check.selectors import Wrong
from gitopsgen.model.unchecked import mapping, sequence, text

_AFFINE: Final = [1, 31]  # the first that reads those of affinity unasked
_MERGED: Final = [1, 34]  # the first that writes those of a constraint into its selector
_FIELDS: Final = ("matchLabelKeys", "mismatchLabelKeys")
_HINT: Final = "remove it from one of them"


def wrong(
    term: Mapping[str, Any], labels: Mapping[str, Any], release: list[int], *, is_spread: bool
) -> Iterator[Wrong]:
    """Give what is wrong with the keys of a term, or of a constraint, in a pod that has these labels."""
    if not is_spread and release < _AFFINE:
        return
    named = {field: [text(key) for key in sequence(term.get(field))] for field in _FIELDS}
    yield from _unusable(term, named)
    if term.get("labelSelector") is not None:
        selector = mapping(term["labelSelector"])
        matched, expressed = mapping(selector.get("matchLabels")), _expressed(selector)
        written = [key for keys in named.values() for key in keys if key in labels]
        is_written = not is_spread or release >= _MERGED
        taken = _repeated(matched, [*expressed, *written]) if is_written else {*matched, *expressed}
        yield from _listed(named, taken, "the labelSelector has the label {} already")
    yield from _listed(named, {*named["mismatchLabelKeys"]}, "the label {} stands in mismatchLabelKeys too")


def _unusable(term: Mapping[str, Any], named: Mapping[str, list[str]]) -> Iterator[Wrong]:
    for field, keys in named.items():
        if keys and term.get("labelSelector") is None:
            yield (field,), f"{field} without a labelSelector", "add the labelSelector"
        for index, key in enumerate(keys):
            if expected := label_key(key):
                yield (field, index), f'the label "{key}" must be {expected}', ""


def _listed(named: Mapping[str, list[str]], taken: set[str], message: str) -> Iterator[Wrong]:
    for index, key in enumerate(named["matchLabelKeys"]):
        if key in taken:
            yield ("matchLabelKeys", index), message.format(f'"{key}"'), _HINT


def _expressed(selector: Mapping[str, Any]) -> list[str]:
    return [text(mapping(one).get("key")) for one in sequence(selector.get("matchExpressions"))]


def _repeated(first: Iterable[str], expressed: Iterable[str]) -> set[str]:
    seen, found = set(first), set[str]()
    for key in expressed:
        (found if key in seen else seen).add(key)
    return found
