"""Rego evaluated in this process, behind one class: which engine that is, nobody else knows.

What the engine cannot tell for sure is an error, never an answer. docs/decisions/0021-rego-in-process.md
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

import regorus

from gitopsgen.policy.builtins import BUILTINS, OWN, REPLACED
from gitopsgen.policy.dialect import normalised
from gitopsgen.policy.errors import PolicyError
from gitopsgen.policy.guard import Guard
from gitopsgen.policy.mocking import REPLACEABLE, replaceable
from gitopsgen.policy.modules import Module
from gitopsgen.policy.recursion import refuse_recursion
from gitopsgen.policy.tokens import Token, tokens
from gitopsgen.policy.undefined import refuse_undefined
from gitopsgen.policy.wording import reworded

# What would answer by the network, the clock, chance or the machine: output and verdicts depend on the inputs alone.
_OUTSIDE: Final = {
    "http.send": "the network",
    "net.lookup_ip_addr": "the network",
    "external_data": "a provider of external data",
    "opa.runtime": "the machine",
    "time.now_ns": "the clock",
    "rand.intn": "chance",
    "uuid.rfc4122": "chance",
}
# Gatekeeper takes no policy that calls it, unless told otherwise:
# https://open-policy-agent.github.io/gatekeeper/website/docs/customize-startup/
_DISABLED: Final = "http.send"
_PLACE: Final = re.compile(
    r"--> (?P<file>[^\n]+):(?P<line>\d+):(?P<column>\d+)\n.*?\nerror: (?P<message>[^\n]*)", re.DOTALL
)
_OF_OURS: Final = re.compile(r"error: extension '[^']*' raises Python error: \w+: ")
_LONGEST: Final = 1 << 20  # bytes of a policy
_GUARD: Final = Guard()


class Policy:
    """Modules that belong together, compiled once and asked often; raises `PolicyError` where they cannot be."""

    def __init__(self, modules: Sequence[Module]) -> None:
        """Compile the modules."""
        self.modules = tuple(modules)
        refuse_recursion(modules)
        refuse_undefined(modules)
        self._tokens = {module.name: tokens(module.text) for module in modules}
        self.reads_inventory = any("inventory" in module.text for module in modules)
        self.printed: tuple[str, ...] = ()
        self._data: str | None = None
        self._kept: dict[str, frozenset[int]] = {}  # the lines of each module that the engine reads as they are
        self._engine = regorus.Engine()
        for name, (number, function) in BUILTINS.items():
            self._engine.add_extension(name if "." in name else f"{OWN}.{name}", number, function)
        for name, source in _OUTSIDE.items():
            self._engine.add_extension(name, REPLACEABLE[name], _refusing(name, source))
        for module in replaceable(modules):
            if module.name != REPLACED:
                _refuse_outside(module)
            self._add(module)

    def _add(self, module: Module) -> None:
        self._engine.set_rego_v0(module.is_old)
        self._engine.set_gather_prints(True)
        self._engine.set_policy_length_config(max_col=65535, max_file_bytes=_LONGEST, max_lines=100_000)
        try:
            text = normalised(module.text)
        except PolicyError as error:
            raise PolicyError(error.message, module.name, error.line) from None
        lines = enumerate(zip(module.text.split("\n"), text.split("\n"), strict=False), start=1)
        self._kept[module.name] = frozenset(number for number, (old, new) in lines if old == new)
        with _Failures(module.name, self._kept):
            self._engine.add_policy(module.name, text)

    def rules(self, module: str) -> list[tuple[str, int]]:
        """Give the names of a module's rules, each once, with the line of the first."""
        found: dict[str, int] = {}
        text = next(one.text for one in self.modules if one.name == module)
        for token in self._tokens[module]:
            if token.is_first and not token.depth and token.sort == "word":
                found.setdefault(token.text, text.count("\n", 0, token.start) + 1)
        return [(name, line) for name, line in found.items() if name not in _NO_RULES]

    def package(self, module: str) -> str:
        """Give the package of a module, empty where it names none."""
        return package_of(self._tokens[module])

    def ask(self, rule: str, question: str, data: str = "") -> Any:
        """Give the value of a rule for an input and data, both JSON; None where it is undefined.

        Raises `PolicyError` where the engine cannot tell.
        """
        self.printed = ()
        self._engine.take_prints()  # of a question that failed
        with _Failures("", self._kept):
            if data != self._data:
                self._engine.clear_data()
                if data:
                    self._engine.add_data_json(data)
                self._data = data
            self._engine.set_input_json(question)
            with _GUARD.asking(f"{self.modules[-1].name}: {rule}"):
                answer = json.loads(self._engine.eval_query_as_json(rule))
            self.printed = tuple(self._engine.take_prints())
        results = answer.get("result") or ()
        return results[0]["expressions"][0]["value"] if results else None

    def tried(self, rule: str, data: str = "") -> None:
        """Raise `PolicyError` for what is wrong whatever is asked: the engine finds it only where it asks."""
        try:
            self.ask(rule, "{}", data)
        except PolicyError as error:
            if error.is_static:
                raise


def fitting(pattern: str, texts: Sequence[str]) -> list[str]:
    """Give the texts in which a regular expression of Go is found; raises `PolicyError` where it is none."""
    engine = regorus.Engine()
    with _Failures("", {}):
        engine.add_policy(
            "fitting", "package fitting\nfound := [regex.match(input.pattern, one) | one := input.texts[_]]"
        )
        engine.set_input_json(json.dumps({"pattern": pattern, "texts": ["", *texts]}))
        found = engine.eval_rule("data.fitting.found")
    return [one for one, is_found in zip(texts, found[1:], strict=True) if is_found]


_NO_RULES: Final = frozenset({"package", "import", "default", "else"})


class _Failures:
    """Turns whatever the engine raises into `PolicyError`."""

    def __init__(self, module: str, kept: Mapping[str, frozenset[int]]) -> None:
        """Name the module at hand, and the lines on which the engine counts columns as their author does."""
        self._module = module
        self._kept = kept

    def __enter__(self) -> None:
        """Start."""

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: object) -> None:
        """Give the engine's words in a form that people can read."""
        if error is None or isinstance(error, (KeyboardInterrupt, SystemExit, PolicyError)):
            return
        said = str(error).partition("\n\nStack backtrace")[0].strip()
        said = _OF_OURS.sub("error: ", said)  # what a function of ours says needs no other words before it
        place = _PLACE.search(said)
        if place:
            message, is_static = reworded(place["message"].strip(" ."))
            failure = PolicyError(message, place["file"], int(place["line"]), is_static=is_static)
            if failure.line in self._kept.get(failure.module, ()):
                failure.column = int(place["column"])
            raise failure from None
        raise PolicyError(said.splitlines()[-1] if said else type(error).__name__, self._module) from None


def package_of(found: Sequence[Token]) -> str:
    """Give the package that a policy names, dotted; empty where it names none."""
    start = next((place for place, token in enumerate(found) if token.text == "package"), None)
    if start is None:
        return ""
    return "".join(token.text for token in _line(found, start + 1))


def _line(found: Sequence[Token], start: int) -> Iterator[Token]:
    for token in found[start:]:
        if token.is_first:
            return
        yield token


def _refuse_outside(module: Module) -> None:
    found = tokens(module.text)
    for place, token in enumerate(found):
        if token.text == "(" and not token.is_spaced:
            name = _called(found, place)
            if name in _OUTSIDE:
                line = module.text.count("\n", 0, token.start) + 1
                message = f'"{name}" asks {_OUTSIDE[name]}, which no check does'
                raise PolicyError(message, module.name, line, is_ours=name != _DISABLED)


def _refusing(name: str, source: str) -> Callable[..., Any]:
    """Give what stands for a function that a test does not replace, where others do."""

    def refuse(*_: Any) -> Any:
        raise ValueError(f'"{name}" asks {source}, which no check does')

    return refuse


def _called(found: Sequence[Token], opening: int) -> str:
    """Give the dotted name of what is called."""
    start = opening - 1
    while start >= 2 and found[start - 1].text == "." and not found[start].is_spaced:  # noqa: PLR2004 - a name and a dot
        start -= 2
    return "".join(token.text for token in found[max(start, 0) : opening])
