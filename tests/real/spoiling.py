"""Objects made wrong at random, as people make them wrong: what two judges are asked for.

Knows no kind and no judge.
"""

import json
import random
from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

Object = dict[str, Any]
Path = tuple[str | int, ...]

OTHER_TYPES: tuple[Any, ...] = ("text", "", 0, -1, 1.5, True, None, [], {}, ["text"], {"key": "text"})
NUMBERS = (-1, 0, 1, 2, 101, 65536, 2**31, 2**40)
TEXTS = ("Wrong Text!", "-x", "x" * 64, "x" * 254, "5", "a/b/c", "10%", "../x", "a_b", "10.0.0.300", "UPPER", "")
PAIRED = 0.2  # of all mutants are wrong twice


def spoilt(obj: Mapping[str, Any], chance: random.Random) -> tuple[str, Object]:
    """Give a copy of an object, wrong in one place or two, and what was done to it."""
    copy: Object = json.loads(json.dumps(obj))
    done = []
    for _ in range(2 if chance.random() < PAIRED else 1):
        path = chance.choice([path for path in places(copy) if not _is_address(path)])
        parent = _at(copy, path[:-1])
        done.append(f"{_spoil(copy, parent, path, chance)} {'.'.join(map(str, path))}")
    # Where an object is sent follows from these, so they stay.
    copy |= {key: obj[key] for key in ("apiVersion", "kind")}
    copy["metadata"].pop("namespace", None)
    copy["metadata"] |= {key: obj["metadata"][key] for key in ("namespace",) if key in obj["metadata"]}
    return ", ".join(done), copy


def _is_address(path: Path) -> bool:
    return path[0] in {"apiVersion", "kind"} or path in {("metadata",), ("metadata", "namespace")}


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in below:
        yield (*path, step)
        yield from places(inner, (*path, step))


def _at(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _spoil(root: Object, parent: Any, path: Path, chance: random.Random) -> str:  # noqa: C901 - one line a way
    step, value = path[-1], parent[path[-1]]
    ways = ["remove", "retype", "repeat", "move"]
    if isinstance(step, str):
        ways += ["rename", "miscase"]
    if isinstance(value, str):
        ways += ["miscase the text of", "another text at", "another text at"]
    if type(value) is int:
        ways += ["another number at"] * 3
    way = chance.choice(ways)
    match way:
        case "remove":
            del parent[step]
        case "retype":
            parent[step] = deepcopy(chance.choice(OTHER_TYPES))  # a second wrong may be done inside of it
        case "repeat":
            _repeat(parent, step, value)
        case "move":
            del parent[step]
            _move(root, str(step), value, chance)
        case "rename":
            parent[f"{step}{chance.choice(('s', 'X', '_'))}"] = parent.pop(step)
        case "miscase":
            name = step[0].swapcase() + step[1:]
            parent[name] = parent.pop(step)
        case "miscase the text of":
            parent[step] = value.swapcase() if chance.random() < 0.5 else value.lower()
        case "another text at":
            parent[step] = chance.choice(TEXTS)
        case _:
            parent[step] = chance.choice(NUMBERS)
    return way


def _repeat(parent: Any, step: str | int, value: Any) -> None:
    """Write an item of a list twice, or the first item of a list; what is none becomes one."""
    value = deepcopy(value)  # what is done to one of them later is not done to both
    if isinstance(parent, list):
        parent.append(value)
    elif isinstance(value, list) and value:
        parent[step] = [*value, deepcopy(value[0])]
    else:
        parent[step] = [value, deepcopy(value)]


def _move(root: Object, name: str, value: Any, chance: random.Random) -> None:
    """Put a value under its name where it does not belong: into any other mapping."""
    mappings = [path for path in places(root) if isinstance(_at(root, path), dict)]
    target = _at(root, chance.choice(mappings)) if mappings else root
    target[name] = value
