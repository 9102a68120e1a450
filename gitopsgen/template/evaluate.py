"""Expressions as written in a template, in a scope, to lazy expressions.

Nothing is computed here but what steers; Python objects have no attributes here that a template could reach.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from gitopsgen.template.calls import arguments_of, calls, mentions
from gitopsgen.template.captured import Captured
from gitopsgen.template.errors import TemplateError
from gitopsgen.template.filters import FORBIDDEN, NAMES
from gitopsgen.template.functions import matching_files
from gitopsgen.template.nodes import WITHOUT_ELSE, Node, Parsed, attribute, chosen_by, concat, constant, reference
from gitopsgen.template.operators import TESTS
from gitopsgen.template.scope import Builtin, Loop, Macro, Meaning, Module, Scope

if TYPE_CHECKING:
    from gitopsgen.template.run import Run

_LONGEST_NAME: Final = 60
METHODS: Final = {
    "items": "items", "keys": "keys", "values": "values", "upper": "upper", "lower": "lower", "title": "title",
    "capitalize": "capitalize", "strip": "trim", "replace": "replace", "split": "split",
    "startswith": "startswith", "endswith": "endswith",
}  # fmt: skip


class Evaluator:
    """Gives the meaning of expressions, for one run."""

    def __init__(self, run: Run) -> None:
        """Belong to a run, which observes and captures."""
        self.run = run
        self.kinds: dict[str, Callable[[Parsed, Scope], Meaning]] = {
            "const": lambda expression, scope: constant(expression[1], scope.template, *expression[2:]),
            "none": lambda _expression, _scope: constant(None),
            "name": self.name,
            "get": self.get,
            "slice": lambda expression, scope: (
                "slice",
                self.node(expression[1], scope),
                self.nodes(expression[2], scope),
            ),
            "call": self.call,
            "filter": lambda expression, scope: self.run.apply(expression, self.meaning(expression[2], scope), scope),
            "test": self.test,
            "binary": lambda expression, scope: (
                "binary",
                expression[1],
                self.node(expression[2], scope),
                self.node(expression[3], scope),
            ),
            "unary": lambda expression, scope: ("unary", expression[1], self.node(expression[2], scope)),
            "compare": self.compare,
            "and": self.either,
            "or": self.either,
            "condition": self.condition,
            "concat": lambda expression, scope: concat(self.nodes(expression[1], scope)),
            "list": lambda expression, scope: ("list", self.nodes(expression[1], scope)),
            "dict": self.dict_,
        }

    def meaning(self, expression: Parsed, scope: Scope) -> Meaning:
        """Give what an expression means."""
        self.run.spend()
        return self.kinds[expression[0]](expression, scope)

    def node(self, expression: Parsed, scope: Scope) -> Node:
        """Give an expression as a lazy expression."""
        return self.as_node(self.meaning(expression, scope))

    def nodes(self, expressions: Parsed, scope: Scope) -> tuple[Node, ...]:
        """Give several expressions as lazy expressions."""
        return tuple(self.node(one, scope) for one in expressions)

    def as_node(self, value: Meaning) -> Node:
        """Give a value as a lazy expression; raises `TemplateError` for what is no data."""
        if isinstance(value, tuple):
            return value
        if isinstance(value, Captured):
            return chosen_by(value.node(), (one for one in value.guards() if one not in self.run.guards))
        name = type(value).__name__.lower()
        raise TemplateError("wrong-operand", f"found a {name}, expected a value", hint="call it with '()'")

    def holds(self, expression: Parsed, scope: Scope) -> bool:
        """Observe whether a condition holds."""
        if expression[0] in {"and", "or"} and calls(expression):
            left = self.holds(expression[1], scope)
            return self.holds(expression[2], scope) if left is (expression[0] == "and") else left
        return bool(self.run.observe("truth", self.node(expression, scope)))

    def name(self, expression: Parsed, scope: Scope) -> Meaning:
        """Give what a name means, an undefined value if nothing."""
        found, weight = scope.find(expression[1])
        self.run.spend(weight)
        if found is not None:
            return found
        return ("undefined", f"'{expression[1][:_LONGEST_NAME]}' is not defined{self.advice(expression[1], scope)}")

    def advice(self, name: str, scope: Scope) -> str:
        """Give what may help where a name means nothing."""
        if name in self.run.roots:
            return " in a template that is imported without context: give it as an argument"
        return suggestion(name, sorted(scope.visible())) or f"; templates see {', '.join(sorted(self.run.roots))}"

    def get(self, expression: Parsed, scope: Scope) -> Meaning:
        """Give a member of data, of `loop`, or of an imported template."""
        value = self.meaning(expression[1], scope)
        key = self.node(expression[2], scope)
        if isinstance(value, tuple):
            return attribute(value, key)
        member = key[2] if key[0] == "const" else None
        if isinstance(value, Module) and member in value.names:
            self.run.spend(value.weight)
            found: Meaning = value.names[member]
            return found
        if isinstance(value, Loop) and isinstance(member, str):
            number = value.member(member)
            if number is not None:
                return constant(number)
        raise TemplateError("undefined-variable", f"found no member {member!r} in a {type(value).__name__.lower()}")

    def test(self, expression: Parsed, scope: Scope) -> Node:
        """Give a test."""
        _, name, subject, arguments, named, *_ = expression
        if name not in TESTS and name not in {"defined", "undefined"}:
            raise TemplateError("unknown-test", f"no test named '{name}'{suggestion(name, TESTS)}")
        keywords = tuple((key, self.node(one, scope)) for key, one in named)
        return ("test", name, self.node(subject, scope), self.nodes(arguments, scope), keywords)

    def filter(self, name: str, value: Node, given: tuple[Node, ...], named: tuple[tuple[str, Node], ...] = ()) -> Node:
        """Give a filtered value."""
        if name in FORBIDDEN:
            message = f"found the filter '{name}', which templates may not use"
            raise TemplateError("forbidden-construct", message, hint=FORBIDDEN[name])
        if name not in NAMES:
            raise TemplateError("unknown-filter", f"no filter named '{name}'{suggestion(name, NAMES)}")
        return ("filter", name, value, given, named)

    def compare(self, expression: Parsed, scope: Scope) -> Node:
        """Give a comparison."""
        others = tuple((operator, self.node(one, scope)) for operator, one in expression[2])
        return ("compare", self.node(expression[1], scope), others)

    def either(self, expression: Parsed, scope: Scope) -> Meaning:
        """Give `and` or `or`: lazy, unless a call on the right makes it steer."""
        kind, left, right = expression
        if not calls(right):
            return (kind, self.node(left, scope), self.node(right, scope))
        value = self.meaning(left, scope)
        before = len(self.run.asked)
        is_true = self.run.observe("truth", self.as_node(value))
        return self.chosen(right, scope, before) if is_true is (kind == "and") else value

    def condition(self, expression: Parsed, scope: Scope) -> Meaning:
        """Give `a if test else b`: lazy, unless a call in it makes it steer."""
        _, test, first, second = expression
        if calls(first) or calls(second):
            before = len(self.run.asked)
            chosen = first if self.holds(test, scope) else second
            return WITHOUT_ELSE if chosen is None else self.chosen(chosen, scope, before)
        other = WITHOUT_ELSE if second is None else self.node(second, scope)
        return ("condition", self.node(test, scope), self.node(first, scope), other)

    def chosen(self, expression: Parsed, scope: Scope, since: int) -> Meaning:
        """Give the meaning of what was chosen by what was asked since then: text remembers it in its pieces."""
        asked = self.run.asked[since:]
        with self.run.guarded(since):
            value = self.meaning(expression, scope)
        return chosen_by(value, asked) if isinstance(value, tuple) else value

    def dict_(self, expression: Parsed, scope: Scope) -> Node:
        """Give a mapping that is written out."""
        return ("dict", tuple((self.node(key, scope), self.node(value, scope)) for key, value in expression[1]))

    def call(self, expression: Parsed, scope: Scope) -> Meaning:
        """Call a macro, a built-in function, or one of the methods that are allowed."""
        _, callee, arguments, named, *_ = expression
        if callee[0] == "get" and callee[2][0] == "const":
            subject = self.meaning(callee[1], scope)
            if not isinstance(subject, Module):
                return self.method(callee[2][1], self.as_node(subject), arguments, named, scope)
        function = self.meaning(callee, scope)
        if isinstance(function, Macro):
            return self.call_macro(function, expression, scope)
        if isinstance(function, Builtin):
            return getattr(self, f"call_{function.name}")(expression, scope)  # type: ignore[no-any-return]
        raise TemplateError("wrong-operand", "found a call of something that is neither a macro nor a function")

    def call_with(self, expression: Parsed, caller: Macro, scope: Scope) -> Captured:
        """Call a macro with the body of a `call` block."""
        macro = self.meaning(expression[1], scope)
        if not isinstance(macro, Macro):
            raise TemplateError("wrong-operand", "found 'call' of something else than a macro")
        if not mentions(macro.body, ("name", "caller")):
            raise TemplateError("wrong-operand", f"found 'call' of macro '{macro.name}', which does not use 'caller'")
        return self.call_macro(macro, expression, scope, caller)

    def method(self, name: Any, subject: Node, arguments: Parsed, named: Parsed, scope: Scope) -> Node:
        """Give what a method of data would give, by the filter of the same meaning."""
        given = self.nodes(arguments, scope)
        if name == "get" and given and not named:
            other = given[1] if len(given) > 1 else constant(None)
            return self.filter("default", attribute(subject, given[0]), (other,))
        if name not in METHODS or named:
            allowed = ", ".join(sorted([*METHODS, "get"]))
            raise TemplateError("forbidden-construct", f"found a call of method '{name}', allowed are {allowed}")
        return self.filter(METHODS[name], subject, given)

    def call_macro(self, macro: Macro, expression: Parsed, scope: Scope, caller: Macro | None = None) -> Captured:
        """Run a macro with its arguments; `caller` is no name of the macro unless a `call` block gave it."""
        given = arguments_of(macro, expression)
        inner = macro.scope.inner({"caller": caller or ("undefined", f"macro '{macro.name}' was not called by 'call'")})
        first_default = len(macro.parameters) - len(macro.defaults)
        for place, name in enumerate(macro.parameters):
            if name in given:
                value, weight = self.run.weighed(partial(self.meaning, given[name], scope))
            elif place >= first_default:
                value, weight = self.run.weighed(partial(self.meaning, macro.defaults[place - first_default], inner))
            else:
                value, weight = ("undefined", f"parameter '{name}' of macro '{macro.name}' was not provided"), 0
            inner.names[name], inner.weights[name] = value, weight
        return self.run.capture(macro.body, inner)

    def call_range(self, expression: Parsed, scope: Scope) -> Node:
        """`range(stop)` or `range(start, stop, step)`."""
        return ("range", self.nodes(expression[2], scope))

    def call_image(self, expression: Parsed, scope: Scope) -> Node:
        """`image(values.image)`: the image with its digest from the lock."""
        if len(expression[2]) != 1:
            raise TemplateError("wrong-operand", "'image' takes one argument")
        return ("image", self.node(expression[2][0], scope))

    def call_dict(self, expression: Parsed, scope: Scope) -> Node:
        """`dict(a=1)`."""
        return ("dict", tuple((constant(key), self.node(value, scope)) for key, value in expression[3]))

    def call_file(self, expression: Parsed, scope: Scope) -> Node:
        """`file("x")`: the text of a native file of the case, or else of the component."""
        name = self.constant_text(expression, scope, "file")
        for directory in self.run.directories:
            if directory + name in self.run.context["files"]:
                return reference("files", directory + name)
        known = [path.removeprefix(one) for one in self.run.directories for path in self.run.context["files"]]
        raise TemplateError("missing-file", f"found no native file '{name}'{suggestion(name, known)}")

    def call_files(self, expression: Parsed, scope: Scope) -> Node:
        """`files("opa/*.rego")`: base names and texts of the native files that match."""
        pattern = self.constant_text(expression, scope, "files")
        if not any(matching_files(self.run.context["files"], self.run.directories, pattern)):
            raise TemplateError("missing-file", f"found no native file that matches '{pattern}'")
        return ("files", self.run.directories, pattern)

    def constant_text(self, expression: Parsed, scope: Scope, name: str) -> str:
        """Give the one argument of a function that names files."""
        given = self.nodes(expression[2], scope)
        value = self.run.observe("value", given[0]) if len(given) == 1 else None
        if not isinstance(value, str):
            raise TemplateError("wrong-operand", f"'{name}' takes one string")
        return value


def suggestion(name: str, known: Iterable[str]) -> str:
    """Give `, did you mean …?` where a known name is near."""
    near = difflib.get_close_matches(name, list(known), 1) if len(name) < _LONGEST_NAME else []
    return f", did you mean '{near[0]}'?" if near else ""
