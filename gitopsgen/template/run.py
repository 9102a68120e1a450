"""One traced run of a template: marked text out, and every observation that steered it.

A run is a function of its observations: two variants that answer them alike get the same marked text.
Knows nothing of YAML.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from gitopsgen.template.captured import Captured, Piece, is_midline, trim
from gitopsgen.template.captured import indent as indent_captured
from gitopsgen.template.errors import Spot, TemplateError, TemplateErrors
from gitopsgen.template.evaluate import Evaluator
from gitopsgen.template.expressions import Context, Expressions, Node, constant, item
from gitopsgen.template.observe import OBSERVERS, Observation, is_constant
from gitopsgen.template.operators import OMIT
from gitopsgen.template.parse import Tree
from gitopsgen.template.scope import Builtin, Loop, Macro, Meaning, Module, Scope

MAXIMUM_STEPS: Final = 200_000
MAXIMUM_OUTPUT: Final = 4 * 1024 * 1024
MAXIMUM_DEPTH: Final = 40
BUILTINS: Final = ("range", "image", "file", "files", "dict")

Load = Callable[[str, Spot], tuple[str, Tree]]


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
        self.evaluator = Evaluator(self)
        self.errors: list[TemplateError] = []
        self.steps = 0
        self.size = 0
        self.depth = 0
        self.statements: dict[str, Callable[[Tree, Scope], None]] = {
            "text": self.text, "print": self.print, "if": self.if_, "for": self.for_, "set": self.set,
            "set block": self.set_block, "with": self.with_, "macro": self.macro, "call block": self.call_block,
            "filter block": self.filter_block, "include": self.include, "import": self.import_,
            "from import": self.from_import, "scope": lambda statement, scope: self.body(statement[2], scope.inner()),
        }  # fmt: skip

    def render(self, template: str, tree: Tree, roots: Mapping[str, Node]) -> tuple[Piece, ...]:
        """Run a template; raises `TemplateErrors` with all that is wrong, each placed at its line."""
        self.templates.append(template)
        try:
            self.body(tree, self.root(template, roots))
        except TemplateError as error:
            self.errors.append(error)
        if self.errors:
            raise TemplateErrors(self.errors)
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
        return answer[1] if kind == "value" else answer

    def body(self, statements: Tree, scope: Scope) -> None:
        """Run statements one after the other; what goes wrong in one does not hide the next."""
        for statement in statements:
            self.spend()
            try:
                self.statements[statement[0]](statement, scope)
            except TemplateError as error:
                error.at(Spot(scope.template, statement[1], statement[3] if statement[0] == "print" else ""))
                if error.rule == "too-much-work":
                    raise
                self.errors.append(error)
                if statement[0] in {"set", "set block"} and isinstance(statement[2], str):
                    scope.names[statement[2]] = constant("")  # its uses are no further mistakes
            except RecursionError:
                message = "the template is nested too deeply"
                raise TemplateError("too-much-work", message, Spot(scope.template, statement[1])) from None

    def spend(self, size: int = 0) -> None:
        """Count work, and stop a template that does not end."""
        self.steps += 1
        self.size += size
        if self.steps > MAXIMUM_STEPS or self.size > MAXIMUM_OUTPUT:
            raise TemplateError("too-much-work", "the template does more work, or writes more text, than is allowed")

    def capture(self, body: Tree, scope: Scope) -> Captured:
        """Run statements and give what they write instead of writing it."""
        outer, self.buffer = self.buffer, []
        self.depth += 1
        if self.depth > MAXIMUM_DEPTH:
            raise TemplateError("too-much-work", "macros call each other too deeply")
        try:
            self.body(body, scope)
            return Captured(tuple(self.buffer))
        finally:
            self.buffer = outer
            self.depth -= 1

    def text(self, statement: Tree, scope: Scope) -> None:
        """Write literal text."""
        if "\ue000" in statement[2] or "\ue001" in statement[2]:
            raise TemplateError("forbidden-construct", "found a character of the private range U+E000 to U+E001")
        self.spend(len(statement[2]))
        self.buffer.append(Piece(statement[2], None, Spot(scope.template, statement[1])))

    def print(self, statement: Tree, scope: Scope) -> None:
        """Write `{{ expression }}`: a hole, or marked text."""
        _, line, expression, source = statement
        value = self.evaluator.meaning(expression, scope)
        if isinstance(value, Captured):
            self.write_captured(value)
            return
        self.buffer.append(Piece("", self.evaluator.as_node(value), Spot(scope.template, line, source)))

    def write_captured(self, value: Captured) -> None:
        """Write marked text; several lines behind something would end up at the wrong indentation."""
        if value.has_lines and not value.is_indented and is_midline(self.buffer):
            message = "found several lines of text printed inside a line"
            raise TemplateError("unindented-lines", message, hint="add '| indent(N)', or start the line with it")
        for piece in value.pieces:
            self.spend(len(piece.text))
            self.buffer.append(piece)

    def if_(self, statement: Tree, scope: Scope) -> None:
        """Run the first branch whose condition holds."""
        for line, test, body in statement[2]:
            try:
                holds = self.evaluator.holds(test, scope)
            except TemplateError as error:
                raise error.at(Spot(scope.template, line)) from None
            if holds:
                self.body(body, scope)
                return
        self.body(statement[3], scope)

    def for_(self, statement: Tree, scope: Scope) -> None:
        """Run a loop over what the iterable holds, or its `else`."""
        _, _, target, iterable, condition, body, otherwise = statement
        inner = [scope.inner(**names) for names in self.bindings(target, self.evaluator.node(iterable, scope))]
        if condition is not None:
            inner = [one for one in inner if self.evaluator.holds(condition, one)]
        for index, one in enumerate(inner):
            self.spend()
            one.names["loop"] = Loop(index, len(inner))
            self.body(body, one)
        if not inner:
            self.body(otherwise, scope)

    def bindings(self, target: Any, node: Node) -> Iterator[dict[str, Meaning]]:
        """Give what the loop's names mean for each item."""
        is_pairs = node[:2] == ("filter", "items")
        container = node[2] if is_pairs else node
        kind, length = ("list", len(node[1])) if node[0] == "list" else self.observe("shape", container)
        if is_pairs and kind != "mapping":
            raise TemplateError("wrong-operand", "found 'items' of a list, expected a mapping")
        for index in range(length):
            self.spend()
            if is_pairs:
                pair = ("list", (("key at", container, index), ("value at", container, index)))
                yield dict(self.unpack(target, pair))
            else:
                one = ("key at", node, index) if kind == "mapping" else item(node, index)
                if node[:2] == ("filter", "dictsort"):
                    one = ("list", (item(one, 0), item(one, 1)))
                yield dict(self.unpack(target, one))

    def unpack(self, target: Any, node: Node) -> Iterator[tuple[str, Meaning]]:
        """Bind one name, or several to the items of a list."""
        if isinstance(target, str):
            yield target, node
            return
        found = ("list", len(node[1])) if node[0] == "list" else self.observe("shape", node)
        if found != ("list", len(target)):
            raise TemplateError("wrong-operand", f"found {found[1]} values to unpack, expected {len(target)}")
        for index, name in enumerate(target):
            yield from self.unpack(name, item(node, index))

    def set(self, statement: Tree, scope: Scope) -> None:
        """Give a value a name."""
        value = self.evaluator.meaning(statement[3], scope)
        if isinstance(statement[2], str):
            scope.names[statement[2]] = value
        else:
            scope.names.update(self.unpack(statement[2], self.evaluator.as_node(value)))

    def set_block(self, statement: Tree, scope: Scope) -> None:
        """Give written text a name."""
        captured = self.capture(statement[4], scope.inner())
        chain = statement[3]
        scope.names[statement[2]] = captured if chain is None else self.filtered(chain, captured, scope)

    def with_(self, statement: Tree, scope: Scope) -> None:
        """Run a body with names of its own."""
        inner = scope.inner()
        for target, value in statement[2]:
            meaning = self.evaluator.meaning(value, scope)
            if isinstance(target, str):
                inner.names[target] = meaning
            else:
                inner.names.update(self.unpack(target, self.evaluator.as_node(meaning)))
        self.body(statement[3], inner)

    def macro(self, statement: Tree, scope: Scope) -> None:
        """Remember a macro."""
        _, _, name, parameters, defaults, body = statement
        scope.names[name] = Macro(name, parameters, defaults, body, scope)

    def call_block(self, statement: Tree, scope: Scope) -> None:
        """Call a macro with the block's body as `caller`."""
        _, _, call, parameters, defaults, body = statement
        caller = Macro("caller", parameters, defaults, body, scope)
        value = self.evaluator.meaning(call, scope.inner(), caller=caller)
        if not isinstance(value, Captured):
            raise TemplateError("wrong-operand", "found 'call' of something else than a macro")
        self.write_captured(value)

    def filter_block(self, statement: Tree, scope: Scope) -> None:
        """Write a body through filters."""
        value = self.filtered(statement[2], self.capture(statement[3], scope.inner()), scope)
        if isinstance(value, Captured):
            self.write_captured(value)
        else:
            self.buffer.append(Piece("", value, Spot(scope.template, statement[1])))

    def filtered(self, chain: Tree, captured: Captured, scope: Scope) -> Captured | Node:
        """Apply a chain of filters to marked text."""
        inner = captured if chain[2] == ("none",) else self.filtered(chain[2], captured, scope)
        return self.apply(chain, inner, scope)

    def apply(self, expression: Tree, value: Meaning, scope: Scope) -> Captured | Node:
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

    def other(self, expression: Tree, scope: Scope) -> tuple[str, Tree]:
        """Give path and statements of a template that is named in another."""
        name = self.observe("value", self.evaluator.node(expression, scope))
        if not isinstance(name, str):
            raise TemplateError("wrong-operand", "found the name of a template that is no string")
        path, tree = self.load(name, Spot(scope.template, 0))
        self.templates.append(path)
        return path, tree

    def include(self, statement: Tree, scope: Scope) -> None:
        """Run another template in place."""
        _, _, expression, _, with_context = statement
        name, tree = self.other(expression, scope)
        self.depth += 1
        if self.depth > MAXIMUM_DEPTH:
            raise TemplateError("too-much-work", "templates include each other too deeply")
        inner = Scope({}, scope, name) if with_context else self.root(name, {})
        self.body(tree, inner)
        self.depth -= 1

    def module(self, expression: Tree, scope: Scope, *, with_context: bool) -> Module:
        """Run a template for the names that it sets."""
        name, tree = self.other(expression, scope)
        inner = Scope({}, scope, name) if with_context else self.root(name, {})
        self.capture(tree, inner)
        return Module(name, inner.names)

    def import_(self, statement: Tree, scope: Scope) -> None:
        """Give an imported template a name."""
        scope.names[statement[3]] = self.module(statement[2], scope, with_context=statement[4])

    def from_import(self, statement: Tree, scope: Scope) -> None:
        """Import single names."""
        module = self.module(statement[2], scope, with_context=statement[4])
        for name, alias in statement[3]:
            if name not in module.names:
                raise TemplateError("undefined-variable", f"'{module.template}' does not set '{name}'")
            scope.names[alias] = module.names[name]
