"""Other templates: run in place, or for the names that they set."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from gitopsgen.template.errors import Spot, TemplateError
from gitopsgen.template.nodes import Parsed
from gitopsgen.template.scope import Module, Scope

if TYPE_CHECKING:
    from gitopsgen.template.run import Run


def _other(run: Run, expression: Parsed, scope: Scope) -> tuple[str, Parsed]:
    """Give path and statements of a template that is named in another."""
    name = run.observe("value", run.evaluator.node(expression, scope))
    if not isinstance(name, str):
        raise TemplateError("wrong-operand", "found the name of a template that is no string")
    path, tree = run.load(name, Spot(scope.template, 0))
    run.templates.append(path)
    return path, tree


def include(run: Run, statement: Parsed, scope: Scope) -> None:
    """Run another template in place."""
    _, _, expression, with_context = statement
    name, tree = _other(run, expression, scope)
    with run.deeper("templates include each other"):
        run.body(tree, Scope({}, scope, name) if with_context else run.root(name, {}))


def _module(run: Run, expression: Parsed, scope: Scope, *, with_context: bool) -> Module:
    """Run a template for the names that it sets."""
    name, tree = _other(run, expression, scope)
    inner = Scope({}, scope, name) if with_context else run.root(name, {})
    _, weight = run.weighed(lambda: run.capture(tree, inner))
    return Module(name, inner.names, weight)


def import_(run: Run, statement: Parsed, scope: Scope) -> None:
    """Give an imported template a name."""
    scope.names[statement[3]] = _module(run, statement[2], scope, with_context=statement[4])


def from_import(run: Run, statement: Parsed, scope: Scope) -> None:
    """Import single names."""
    module = _module(run, statement[2], scope, with_context=statement[4])
    for name, alias in statement[3]:
        if name not in module.names:
            raise TemplateError("undefined-variable", f"'{module.template}' does not set '{name}'")
        scope.names[alias] = module.names[name]
        scope.weights[alias] = module.weight


INCLUSIONS: Final[Mapping[str, Callable[[Run, Parsed, Scope], None]]] = {
    "include": include,
    "import": import_,
    "from import": from_import,
}
