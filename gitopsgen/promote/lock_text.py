"""The text of the release lock with a change in it; comments and layout of all else are kept."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from typing import Any, Final

from gitopsgen.promote.changes import Change, NewRelease
from gitopsgen.scalars import is_ambiguous

# By how much mappings are indented, and the dashes of lists: our own layout first.
_LAYOUTS: Final = ((2, 2), (2, 0), (4, 2), (4, 0), (4, 4), (3, 0), (3, 2))
_NEW: Final = """\
# Which release each cluster runs, written by `gitopsgen promote` and `gitopsgen rollback`.
# A release is a layer of values above all overlays. Of a cluster's releases it runs the last; one without runs none.
cases: {}
"""


def edited(text: str, change: Change) -> str:
    """Give the text of the lock (empty where there is none yet) with a change in it."""
    editor, lock = _opened(text or _NEW)
    if not lock["cases"]:
        lock["cases"] = _mapping()
    cases = lock["cases"]
    if change.case not in cases:
        _insert(cases, change.case, _mapping(releases=_mapping()))
    case = cases[change.case]
    if change.release:
        case["releases"][change.release.name] = _release(change.release)
    if "clusters" not in case:
        case["clusters"] = _mapping()
    for cluster, had in change.clusters.items():
        _set_cluster(case["clusters"], cluster, had)
    if not case["clusters"]:
        del case["clusters"]
    return _dumped(editor, lock)


def _opened(text: str) -> tuple[Any, Any]:
    """Give the data of a text, and the editor that lays lists out as the text does."""
    editors = (_editor(*layout) for layout in _LAYOUTS)
    alike = (one for one in editors if _dumped(one, one.load(text)) == text)
    editor = next(alike, None) or _editor(*_LAYOUTS[0])
    return editor, editor.load(text)


def _editor(mapping: int, offset: int) -> Any:
    from ruamel.yaml import YAML  # noqa: PLC0415 - 25 ms that only an edit needs

    editor = YAML(typ="rt")
    editor.preserve_quotes = True
    editor.width = 1 << 16  # lines are never folded
    editor.indent(mapping=mapping, sequence=2 + offset, offset=offset)
    return editor


def _dumped(editor: Any, data: Any) -> str:
    text = StringIO()
    editor.dump(data, text)
    return text.getvalue()


def _mapping(**items: Any) -> Any:
    from ruamel.yaml.comments import CommentedMap  # noqa: PLC0415 - as in _editor

    return CommentedMap(items)


def _release(release: NewRelease) -> Any:
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString  # noqa: PLC0415 - as in _editor

    # a date without quotes is a date to YAML 1.1
    return _mapping(date=DoubleQuotedScalarString(release.date), values=_quoted(release.values))


def _set_cluster(clusters: Any, name: str, had: tuple[str, ...]) -> None:
    from ruamel.yaml.comments import CommentedSeq  # noqa: PLC0415 - as in _editor

    if not had:
        clusters.pop(name, None)
        return
    listed = CommentedSeq(_quoted(one) for one in had)
    listed.fa.set_flow_style()
    if name in clusters:
        clusters[name] = listed
    else:
        _insert(clusters, name, listed)


def _insert(mapping: Any, name: str, value: Any) -> None:
    """Put a key where it belongs by its name."""
    mapping.insert(sum(1 for known in mapping if known < name), name, value)


def _quoted(value: Any) -> Any:
    """Give data as it is written: strings in quotes where some reader would take them for something else."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString  # noqa: PLC0415 - as in _editor

    if isinstance(value, Mapping):
        written = _mapping()
        for name, item in value.items():
            written[_quoted(name)] = _quoted(item)
        return written
    if isinstance(value, list):
        return [_quoted(item) for item in value]
    return DoubleQuotedScalarString(value) if isinstance(value, str) and is_ambiguous(value) else value
