"""Jinja source to a tree of plain tuples: Jinja lexes and parses, this project evaluates.

The only module that imports jinja2, and only when a template is not in the cache of parsed templates.
A tree holds nothing but tuples, strings and numbers, so that it can be kept on disk by `marshal`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from jinja2 import Environment, TemplateSyntaxError, nodes

from gitopsgen.template.errors import Spot, TemplateError
from gitopsgen.template.nodes import Parsed
from gitopsgen.template.whitespace import refuse_line_joining

_ENVIRONMENT: Final = Environment(
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701 - YAML, not HTML: values are never pasted into text
    cache_size=0,
)
_BINARY: Final = {
    nodes.Add: "+",
    nodes.Sub: "-",
    nodes.Mul: "*",
    nodes.Div: "/",
    nodes.FloorDiv: "//",
    nodes.Mod: "%",
    nodes.Pow: "**",
}
_UNARY: Final = {nodes.Not: "not", nodes.Neg: "neg", nodes.Pos: "pos"}


def raw_tokens(source: str, path: str) -> list[tuple[str, str]]:
    """Give what the lexer makes of a template, by kind and as it was written, blanks inside of tags too.

    Raises `TemplateError` where it is not Jinja.
    """
    try:
        return [(kind, text) for _, kind, text in _ENVIRONMENT.lexer.tokeniter(source, None)]
    except TemplateSyntaxError as error:
        raise TemplateError("invalid-template", str(error.message), Spot(path, error.lineno)) from None


def parse(source: str, path: str) -> Parsed:
    """Give the statements of a template.

    Raises `TemplateError` with the line of the first thing that is not Jinja, or not allowed here.
    """
    try:
        tokens = list(_ENVIRONMENT.lex(source))
        tree = _ENVIRONMENT.parse(source)
        refuse_line_joining(tokens, path)
        return _Converter(path, _expressions(tokens)).body(tree.body)
    except TemplateSyntaxError as error:
        message = f"the template is not Jinja: {error.message or 'syntax error'}"
        raise TemplateError("invalid-template", message, Spot(path, error.lineno)) from None
    except RecursionError:
        raise TemplateError("too-much-work", "the template is nested too deeply", Spot(path, 1)) from None
    except ValueError:  # from Python's limit on the digits of a number
        raise TemplateError("invalid-template", "found a number with too many digits", Spot(path, 1)) from None


def _expressions(tokens: list[tuple[int, str, str]]) -> Iterator[tuple[int, str]]:
    """Give line and text of each `{{ expression }}`, in the order in which they stand."""
    line, parts = 0, None
    for number, kind, text in tokens:
        if kind == "variable_begin":
            line, parts = number, list[str]()
        elif kind == "variable_end" and parts is not None:
            yield line, " ".join("".join(parts).split())
            parts = None
        elif parts is not None:
            parts.append(text)


class _Converter:
    """Turns Jinja's nodes into tuples, in source order."""

    def __init__(self, path: str, sources: Iterator[tuple[int, str]]) -> None:
        self.path = path
        self.sources = sources
        self.statements: dict[type[nodes.Node], Callable[[Any], Parsed]] = {
            nodes.If: self.if_,
            nodes.For: self.for_,
            nodes.Assign: self.assign,
            nodes.AssignBlock: self.assign_block,
            nodes.With: self.with_,
            nodes.Macro: self.macro,
            nodes.CallBlock: self.call_block,
            nodes.FilterBlock: self.filter_block,
            nodes.Include: self.include,
            nodes.Import: self.import_,
            nodes.FromImport: self.from_import,
            nodes.Scope: lambda node: ("scope", node.lineno, self.body(node.body)),
        }
        self.expressions: dict[type[nodes.Node], Callable[[Any], Parsed]] = {
            nodes.Const: lambda node: ("const", node.value, node.lineno),
            nodes.TemplateData: lambda node: ("const", node.data, node.lineno),
            nodes.Name: lambda node: ("name", node.name),
            nodes.Getattr: lambda node: ("get", self.expression(node.node), ("const", node.attr)),
            nodes.Getitem: self.item,
            nodes.Call: self.call,
            nodes.Filter: self.filter,
            nodes.Test: self.test,
            nodes.Compare: self.compare,
            nodes.And: lambda node: ("and", self.expression(node.left), self.expression(node.right)),
            nodes.Or: lambda node: ("or", self.expression(node.left), self.expression(node.right)),
            nodes.Concat: lambda node: ("concat", self.many(node.nodes)),
            nodes.CondExpr: self.condition,
            nodes.List: lambda node: ("list", self.many(node.items)),
            nodes.Tuple: lambda node: ("list", self.many(node.items)),
            nodes.Dict: self.dict_,
        }

    def refuse(self, what: str, line: int, hint: str = "") -> TemplateError:
        return TemplateError("forbidden-construct", f"found {what}, which templates may not use", self.spot(line), hint)

    def spot(self, line: int) -> Spot:
        return Spot(self.path, line)

    def body(self, body: list[nodes.Node]) -> Parsed:
        return tuple(statement for node in body for statement in self.statement(node))

    def statement(self, node: nodes.Node) -> Iterator[Parsed]:
        if isinstance(node, nodes.Output):
            yield from self.output(node)
            return
        convert = self.statements.get(type(node))
        if convert is None:
            raise self.refuse(f"'{type(node).__name__.lower()}'", node.lineno)
        yield convert(node)

    def output(self, node: nodes.Output) -> Iterator[Parsed]:
        for part in node.nodes:
            if isinstance(part, nodes.TemplateData):
                yield ("text", part.lineno, part.data)
            else:
                line, source = next(self.sources)
                yield ("print", line, self.expression(part), source)

    def if_(self, node: nodes.If) -> Parsed:
        first = (node.lineno, self.expression(node.test), self.body(node.body))
        others = tuple((one.lineno, self.expression(one.test), self.body(one.body)) for one in node.elif_)
        return ("if", node.lineno, (first, *others), self.body(node.else_))

    def for_(self, node: nodes.For) -> Parsed:
        if node.recursive:
            raise self.refuse("a recursive loop", node.lineno)
        condition = None if node.test is None else self.expression(node.test)
        target = self.target(node.target)
        iterable = self.expression(node.iter)
        return ("for", node.lineno, target, iterable, condition, self.body(node.body), self.body(node.else_))

    def target(self, node: nodes.Node) -> Any:
        if isinstance(node, nodes.Name):
            return node.name
        if isinstance(node, nodes.Tuple):
            return tuple(self.target(one) for one in node.items)
        raise self.refuse("a change of something that exists", node.lineno, "use 'set' with a new name")

    def assign(self, node: nodes.Assign) -> Parsed:
        return ("set", node.lineno, self.target(node.target), self.expression(node.node))

    def assign_block(self, node: nodes.AssignBlock) -> Parsed:
        chain = None if node.filter is None else self.expression(node.filter)
        return ("set block", node.lineno, self.target(node.target), chain, self.body(node.body))

    def with_(self, node: nodes.With) -> Parsed:
        pairs = tuple(
            (self.target(name), self.expression(value)) for name, value in zip(node.targets, node.values, strict=True)
        )
        return ("with", node.lineno, pairs, self.body(node.body))

    def macro(self, node: nodes.Macro) -> Parsed:
        names = tuple(argument.name for argument in node.args)
        return ("macro", node.lineno, node.name, names, self.many(node.defaults), self.body(node.body))

    def call_block(self, node: nodes.CallBlock) -> Parsed:
        names = tuple(argument.name for argument in node.args)
        call = self.expression(node.call)
        return ("call block", node.lineno, call, names, self.many(node.defaults), self.body(node.body))

    def filter_block(self, node: nodes.FilterBlock) -> Parsed:
        body = self.body(node.body)
        return ("filter block", node.lineno, self.expression(node.filter), body)

    def include(self, node: nodes.Include) -> Parsed:
        if node.ignore_missing:
            raise self.refuse("'ignore missing'", node.lineno, "a template of the project is there, or it is not")
        return ("include", node.lineno, self.expression(node.template), node.with_context)

    def import_(self, node: nodes.Import) -> Parsed:
        return ("import", node.lineno, self.expression(node.template), node.target, node.with_context)

    def from_import(self, node: nodes.FromImport) -> Parsed:
        names = tuple((name, name) if isinstance(name, str) else tuple(name) for name in node.names)
        return ("from import", node.lineno, self.expression(node.template), names, node.with_context)

    def many(self, expressions: list[nodes.Expr]) -> Parsed:
        return tuple(self.expression(one) for one in expressions)

    def expression(self, node: nodes.Node | None) -> Parsed:
        if node is None:
            return ("none",)
        kind = type(node)
        if kind in _BINARY:
            return ("binary", _BINARY[kind], self.expression(node.left), self.expression(node.right))  # type: ignore[attr-defined]
        if kind in _UNARY:
            return ("unary", _UNARY[kind], self.expression(node.node))  # type: ignore[attr-defined]
        convert = self.expressions.get(kind)
        if convert is None:
            raise self.refuse(f"'{kind.__name__.lower()}'", node.lineno)
        return convert(node)

    def item(self, node: nodes.Getitem) -> Parsed:
        if isinstance(node.arg, nodes.Slice):
            bounds = tuple(self.expression(one) for one in (node.arg.start, node.arg.stop, node.arg.step))
            return ("slice", self.expression(node.node), bounds)
        return ("get", self.expression(node.node), self.expression(node.arg))

    def arguments(self, node: nodes.Call | nodes.Filter | nodes.Test) -> tuple[Parsed, Parsed]:
        if node.dyn_args is not None or node.dyn_kwargs is not None:
            raise self.refuse("'*' or '**' in a call", node.lineno)
        named = tuple((pair.key, self.expression(pair.value)) for pair in node.kwargs)
        return self.many(node.args), named

    def call(self, node: nodes.Call) -> Parsed:
        return ("call", self.expression(node.node), *self.arguments(node), node.lineno)

    def filter(self, node: nodes.Filter) -> Parsed:
        return ("filter", node.name, self.expression(node.node), *self.arguments(node), node.lineno)

    def test(self, node: nodes.Test) -> Parsed:
        return ("test", node.name, self.expression(node.node), *self.arguments(node), node.lineno)

    def compare(self, node: nodes.Compare) -> Parsed:
        return ("compare", self.expression(node.expr), tuple((one.op, self.expression(one.expr)) for one in node.ops))

    def condition(self, node: nodes.CondExpr) -> Parsed:
        other = None if node.expr2 is None else self.expression(node.expr2)
        return ("condition", self.expression(node.test), self.expression(node.expr1), other)

    def dict_(self, node: nodes.Dict) -> Parsed:
        return ("dict", tuple((self.expression(pair.key), self.expression(pair.value)) for pair in node.items))
