"""What the functions of a template compute from the project: pinned images and native files."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.template.errors import TemplateError
from gitopsgen.template.nodes import Context, Function, Node
from gitopsgen.template.operators import defined

if TYPE_CHECKING:
    from gitopsgen.template.expressions import Expressions

UNRESOLVED: Final = "sha256:" + "0" * 64


def image_key(spec: Any) -> str:
    """Give the key of an image in the lock; raises `TemplateError` unless it has repository and tag."""
    if not isinstance(spec, Mapping) or not all(isinstance(spec.get(key), str) for key in ("repository", "tag")):
        raise TemplateError("wrong-operand", "'image' takes a mapping with the strings 'repository' and 'tag'")
    return f"{spec['repository']}:{spec['tag']}"


def _image(expressions: Expressions, node: Node) -> Function:
    spec = expressions.function(node[1])

    def name(context: Context) -> str:
        wanted = defined(spec(context))
        key = image_key(wanted)
        registry = context["project"].get("registry")
        if registry is None:
            raise TemplateError("undefined-variable", "'project.registry' is not defined")
        if wanted.get("digest"):
            return f"{registry}/{key}@{wanted['digest']}"
        entry = context["images"].get(key)
        if entry is None:
            raise TemplateError("unlocked-image", f"found image '{key}', which the image lock does not hold")
        digest = entry["digest"]
        pinned = UNRESOLVED if digest == "unresolved" else digest
        return f"{registry}/{key}@{pinned}"

    return name


def matching_files(files: Mapping[str, str], directories: tuple[str, ...], pattern: str) -> Iterator[tuple[str, str]]:
    """Give base name and path of the native files that match, the first directory winning."""
    found: dict[str, str] = {}
    for directory in directories:
        for path in files:
            inner = path.removeprefix(directory)
            if inner != path and fnmatch.fnmatchcase(inner, pattern) and inner.count("/") == pattern.count("/"):
                found.setdefault(inner.rpartition("/")[2], path)
    return iter(sorted(found.items()))


def _files(_: Expressions, node: Node) -> Function:
    directories, pattern = node[1], node[2]
    last: Any = None
    kept: dict[str, str] = {}

    def collect(context: Context) -> dict[str, str]:
        nonlocal last, kept
        files = context["files"]
        if files is not last:  # one mapping for all variants of a case
            kept = {name: files[path] for name, path in matching_files(files, directories, pattern)}
            last = files
        return kept

    return collect


FUNCTIONS: Final[Mapping[str, Callable[[Expressions, Node], Function]]] = {"image": _image, "files": _files}
