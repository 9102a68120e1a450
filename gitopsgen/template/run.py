"""One traced run of a template: marked text out, and every observation that steered it.

A run is a function of its observations: two variants that answer them alike get the same marked text.
Knows nothing of YAML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, Final, TypeVar

from gitopsgen.template.captured import Captured, Piece, is_midline, trim
from gitopsgen.template.captured import indent as indent_captured
from gitopsgen.template.errors import Spot, TemplateError, TemplateErrors
from gitopsgen.template.evaluate import Evaluator
from gitopsgen.template.expressions import Context, Expressions
from gitopsgen.template.inclusion import INCLUSIONS
from gitopsgen.template.loops import bindings, unpack
from gitopsgen.template.nodes import Node, Parsed, constant
from gitopsgen.template.observe import OBSERVERS, Observation, is_constant
from gitopsgen.template.operators import OMIT
from gitopsgen.template.scope import Builtin, Loop, Macro, Meaning, Scope

MAXIMUM_STEPS: Final = 500_000
MAXIMUM_OUTPUT: Final = 4 * 1024 * 1024
MAXIMUM_DEPTH: Final = 40
MAXIMUM_ERRORS: Final = 50
BUILTINS: Final = ("range", "image", "file", "files", "dict")

Result = TypeVar("Result")
Load = Callable[[str, Spot], tuple[str, Parsed]]


class Run:
    """The state of one traced run."""

    def __init__(self, context: Context, expressions: Expressions, load: Load, directories: tuple[str, ...]) -> None:
        """Take the variant's data, and `load` for templates that are included or imported."""
        self.context = context
        self.expressions = expressions
        self.load = load
        self.directories = directories
        self.observations: dict[tuple[str, Node], Observation] = {}
        self.buffer: list[Piece] = []
        self.templates: list[str] = []
        self.roots: tuple[str, ...] = ()
        self.evaluator = Evaluator(self)
        self.asked: list[Node] = []
        self.guards: tuple[Node, ...] = ()
        self.errors: dict[tuple[str, str, Spot | None], TemplateError] = {}
        self.steps = 0
        self.size = 0
        self.depth = 0
        self.statements: dict[str, Callable[[Parsed, Scope], None]] = {
            "text": self.text, "print": self.print, "if": self.if_, "for": self.for_, "set": self.set,
            "set block": self.set_block, "with": self.with_, "macro": self.macro, "call block": self.call_block,
            "filter block": self.filter_block, "scope": lambda statement, scope: self.body(statement[2], scope.inner()),
            **{kind: partial(run, self) for kind, run in INCLUSIONS.items()},
        }  # fmt: skip

    def render(self, template: str, tree: Parsed, roots: Mapping[str, Node]) -> tuple[Piece, ...]:
        """Run a template; raises `TemplateErrors` with all that is wrong, each placed at its line."""
        self.templates.append(template)
        self.roots = tuple(roots)
        try:
            self.body(tree, self.root(template, roots))
        except TemplateError as error:
            self.report(error)
        if self.errors:
            raise TemplateErrors(list(self.errors.values()))
        return tuple(self.buffer)

    def root(self, template: str, roots: Mapping[str, Node]) -> Scope:
        """Give the outermost scope of a template."""
        builtins: dict[str, Meaning] = {name: Builtin(name) for name in BUILTINS}
        outermost = Scope({**builtins, "omit": constant(OMIT)}, None, template)
        return Scope(dict(roots), outermost, template).inner()

    def observe(self, kind: str, node: Node) -> Any:
        """Evaluate what steers, and remember the answer."""
        known = self.observations.get((kind, node))
        answer = known.answer if known else OBSERVERS[kind](self.expressions.function(node)(self.context))
        if known is None and not is_constant(node):
            self.observations[kind, node] = Observation(kind, node, answer)
        if (kind, node) in self.observations:
            self.asked.append(node)
        return answer[1] if kind == "value" else answer

    def body(self, statements: Parsed, scope: Scope) -> None:
        """Run statements one after the other; what goes wrong in one does not hide the next."""
        for statement in statements:
            self.spend()
            try:
                self.statements[statement[0]](statement, scope)
            except TemplateError as error:
                error.at(Spot(scope.template, statement[1], statement[3] if statement[0] == "print" else ""))
                if error.rule == "too-much-work":
                    raise
                self.report(error)
                if statement[0] in {"set", "set block"}:  # the uses of its names are no further mistakes
                    scope.names.update(dict.fromkeys(names_of(statement[2]), constant("")))
            except RecursionError:
                message = "the template is nested too deeply"
                raise TemplateError("too-much-work", message, Spot(scope.template, statement[1])) from None

    def report(self, error: TemplateError) -> None:
        """Keep an error, once for each place, until there are enough."""
        self.errors.setdefault((error.rule, error.message, error.spot), error)
        if len(self.errors) >= MAXIMUM_ERRORS:
            raise TemplateErrors(list(self.errors.values()))

    def spend(self, steps: int = 1) -> None:
        """Count work, and stop a template that does not end.

        A step is a statement, or a part of an expression: a name counts with all that its value is made of.
        """
        self.steps += steps
        if self.steps > MAXIMUM_STEPS:
            raise TemplateError("too-much-work", "the template does more work than is allowed")

    def write(self, piece: Piece) -> None:
        """Put a piece of marked text behind what is written."""
        self.size += len(piece.text)
        if self.size > MAXIMUM_OUTPUT:
            raise TemplateError("too-much-work", "the template writes more text than is allowed")
        self.buffer.append(piece._replace(guards=self.guards + piece.guards) if self.guards else piece)

    @contextmanager
    def guarded(self, since: int) -> Iterator[None]:
        """Mark what is written meanwhile as chosen by what was asked since then."""
        outer = self.guards
        self.guards = tuple(dict.fromkeys((*outer, *self.asked[since:])))
        try:
            yield
        finally:
            self.guards = outer

    def capture(self, body: Parsed, scope: Scope) -> Captured:
        """Run statements and give what they write instead of writing it."""
        outer, self.buffer = self.buffer, []
        try:
            with self.deeper("macros call each other"):
                self.body(body, scope)
            return Captured(tuple(self.buffer))
        finally:
            self.buffer = outer

    @contextmanager
    def deeper(self, what: str) -> Iterator[None]:
        """Count one more level of templates or macros inside each other."""
        self.spend()
        self.depth += 1
        if self.depth > MAXIMUM_DEPTH:
            raise TemplateError("too-much-work", f"{what} too deeply")
        yield
        self.depth -= 1

    def text(self, statement: Parsed, scope: Scope) -> None:
        """Write literal text."""
        if "\ue000" in statement[2] or "\ue001" in statement[2]:
            raise TemplateError("forbidden-construct", "found a character of the private range U+E000 to U+E001")
        self.write(Piece(statement[2], None, Spot(scope.template, statement[1])))

    def print(self, statement: Parsed, scope: Scope) -> None:
        """Write `{{ expression }}`: a hole, or marked text."""
        _, line, expression, source = statement
        value = self.evaluator.meaning(expression, scope)
        if isinstance(value, Captured):
            self.write_captured(value)
            return
        self.write(Piece("", self.evaluator.as_node(value), Spot(scope.template, line, source)))

    def write_captured(self, value: Captured) -> None:
        """Write marked text; several lines behind something would end up at the wrong indentation."""
        if value.has_lines and not value.is_indented and is_midline(self.buffer):
            message = "found several lines of text printed inside a line"
            raise TemplateError("unindented-lines", message, hint="add '| indent(N)', or start the line with it")
        self.spend(len(value.pieces))
        for piece in value.pieces:
            self.write(piece)

    def if_(self, statement: Parsed, scope: Scope) -> None:
        """Run the first branch whose condition holds."""
        before = len(self.asked)
        chosen = statement[3]
        for line, test, body in statement[2]:
            try:
                holds = self.evaluator.holds(test, scope)
            except TemplateError as error:
                raise error.at(Spot(scope.template, line)) from None
            if holds:
                chosen = body
                break
        with self.guarded(before):
            self.body(chosen, scope)

    def for_(self, statement: Parsed, scope: Scope) -> None:
        """Run a loop over what the iterable holds, or its `else`."""
        _, _, target, iterable, condition, body, otherwise = statement
        before = len(self.asked)
        node, weight = self.weighed(lambda: self.evaluator.node(iterable, scope))
        inner = [scope.inner(names, weight) for names in bindings(self, target, node, weight)]
        if condition is not None:
            inner = [one for one in inner if self.evaluator.holds(condition, one)]
        with self.guarded(before):
            for index, one in enumerate(inner):
                self.spend()
                one.names["loop"] = Loop(index, len(inner))
                self.body(body, one)
            if not inner:
                self.body(otherwise, scope)

    def weighed(self, evaluate: Callable[[], Result]) -> tuple[Result, int]:
        """Give a meaning, and how much work it was: as much as each use of its name will count."""
        before = self.steps
        value = evaluate()
        return value, self.steps - before

    def bind(self, target: Any, value: Meaning, weight: int, scope: Scope) -> None:
        """Give a meaning a name, or its items several."""
        names = {target: value} if isinstance(target, str) else None
        if names is None:
            names = dict(unpack(self, target, self.evaluator.as_node(value), weight))
        scope.names.update(names)
        scope.weights.update(dict.fromkeys(names, weight))

    def set(self, statement: Parsed, scope: Scope) -> None:
        """Give a value a name."""
        value, weight = self.weighed(lambda: self.evaluator.meaning(statement[3], scope))
        self.bind(statement[2], value, weight, scope)

    def set_block(self, statement: Parsed, scope: Scope) -> None:
        """Give written text a name."""
        captured, weight = self.weighed(lambda: self.capture(statement[4], scope.inner()))
        chain = statement[3]
        self.bind(statement[2], captured if chain is None else self.filtered(chain, captured, scope), weight, scope)

    def with_(self, statement: Parsed, scope: Scope) -> None:
        """Run a body with names of its own."""
        inner = scope.inner()
        for target, expression in statement[2]:
            value, weight = self.weighed(partial(self.evaluator.meaning, expression, scope))
            self.bind(target, value, weight, inner)
        self.body(statement[3], inner)

    def macro(self, statement: Parsed, scope: Scope) -> None:
        """Remember a macro."""
        _, _, name, parameters, defaults, body = statement
        scope.names[name] = Macro(name, parameters, defaults, body, scope)

    def call_block(self, statement: Parsed, scope: Scope) -> None:
        """Call a macro with the block's body as `caller`."""
        _, _, call, parameters, defaults, body = statement
        self.write_captured(self.evaluator.call_with(call, Macro("caller", parameters, defaults, body, scope), scope))

    def filter_block(self, statement: Parsed, scope: Scope) -> None:
        """Write a body through filters."""
        value = self.filtered(statement[2], self.capture(statement[3], scope.inner()), scope)
        if isinstance(value, Captured):
            self.write_captured(value)
        else:
            self.write(Piece("", value, Spot(scope.template, statement[1])))

    def filtered(self, chain: Parsed, captured: Captured, scope: Scope) -> Captured | Node:
        """Apply a chain of filters to marked text."""
        inner = captured if chain[2] == ("none",) else self.filtered(chain[2], captured, scope)
        return self.apply(chain, inner, scope)

    def apply(self, expression: Parsed, value: Meaning, scope: Scope) -> Captured | Node:
        """Apply one filter: `indent` and `trim` keep holes, any other sees the final string."""
        _, name, _, arguments, named, *_ = expression
        if isinstance(value, Captured) and name == "trim" and not arguments and not named:
            return trim(value)
        given = tuple(self.evaluator.node(one, scope) for one in arguments)
        keywords = tuple((key, self.evaluator.node(one, scope)) for key, one in named)
        if isinstance(value, Captured) and name == "indent":
            return self.indent(value, given, dict(keywords))
        return self.evaluator.filter(name, self.evaluator.as_node(value), given, keywords)

    def indent(self, value: Captured, given: tuple[Node, ...], named: Mapping[str, Node]) -> Captured:
        """Indent marked text; its width is structure, so a width from values steers."""
        options = dict(zip(("width", "first", "blank"), given, strict=False)) | dict(named)
        width, first, blank = (
            self.observe("value", options[name]) if name in options else otherwise
            for name, otherwise in (("width", 4), ("first", False), ("blank", False))
        )
        return indent_captured(value, width, first=bool(first), blank=bool(blank))


def names_of(target: Any) -> Iterator[str]:
    """Give the names in a target: one, or nested tuples of them."""
    if isinstance(target, str):
        yield target
    else:
        for one in target:
            yield from names_of(one)
