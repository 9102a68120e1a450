"""ConstraintTemplates read: which policy a template carries, and why it carries none.

https://open-policy-agent.github.io/gatekeeper/website/docs/constrainttemplates
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from gitopsgen.model.unchecked import mapping, sequence, text
from gitopsgen.model.variant import Path
from gitopsgen.policy.errors import PolicyError
from gitopsgen.policy.modules import Module
from gitopsgen.policy.rego import Policy
from gitopsgen.policy.tokens import Token, tokens

TEMPLATES: Final = "templates.gatekeeper.sh"
TARGET: Final = "admission.k8s.gatekeeper.sh"
REGO, CEL = "Rego", "K8sNativeValidation"
ENTRY: Final = "template.rego"
# What Gatekeeper lets a policy read beside its input and itself.
_DATA: Final = frozenset({"inventory", "lib"})


@dataclass(frozen=True, slots=True)
class Template:
    """What a ConstraintTemplate says: the kind that it makes, its code, and where in it that stands.

    `source` is what `engine` reads; `schema` is what the parameters of a constraint must be.
    """

    kind: str
    engine: str
    source: Mapping[str, Any]
    field: Path
    schema: Mapping[str, Any]


class MalformedTemplateError(Exception):
    """A template that Gatekeeper takes no policy from: why, and at which field."""

    def __init__(self, message: str, field: Path) -> None:
        """Take what is known of it."""
        super().__init__(message)
        self.message = message
        self.field = field


def read_template(data: Mapping[str, Any]) -> Template:
    """Give what a ConstraintTemplate says; raises `MalformedTemplateError`.

    Where it carries its policy in two languages, the one in Rego is taken.
    """
    spec = mapping(data.get("spec"))
    crd = mapping(mapping(spec.get("crd")).get("spec"))
    kind = text(mapping(crd.get("names")).get("kind"))
    if not kind:
        raise MalformedTemplateError("the template names no kind", ("spec", "crd", "spec", "names", "kind"))
    schema = mapping(mapping(crd.get("validation")).get("openAPIV3Schema"))
    sources = {engine: (source, field) for engine, source, field in reversed(list(_sources(spec)))}
    for engine in (REGO, CEL):
        if engine in sources:
            return Template(kind, engine, *sources[engine], schema)
    known = ", ".join(sources) or "none"
    raise MalformedTemplateError(
        f"no policy in Rego or CEL for the target {TARGET}, found {known}", ("spec", "targets")
    )


def _sources(spec: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any], Path]]:
    for index, each in enumerate(sequence(spec.get("targets"))):
        target = mapping(each)
        if target.get("target") != TARGET:
            continue
        for number, code in enumerate(sequence(target.get("code"))):
            engine, source = text(mapping(code).get("engine")), mapping(mapping(code).get("source"))
            yield engine, source, ("spec", "targets", index, "code", number, "source")
        if text(target.get("rego")):
            yield REGO, target, ("spec", "targets", index)


def compiled(template: Template) -> tuple[Policy, str]:
    """Give the policy of a template in Rego, and the rule to ask; raises `PolicyError`."""
    is_old = template.source.get("version") != "v1" or "rego" not in template.source
    entry = text(template.source.get("rego"))
    libs = [text(one) for one in sequence(template.source.get("libs"))]
    modules = [Module(ENTRY, entry, is_old), *(Module(f"lib {at}", lib, is_old) for at, lib in enumerate(libs))]
    for module in modules:
        _refuse_foreign_data(module, tokens(module.text))
    policy = Policy(modules)
    if "violation" not in dict(policy.rules(ENTRY)):
        raise PolicyError('no rule "violation", which is what Gatekeeper asks for', ENTRY, 1)
    rule = f"data.{policy.package(ENTRY)}.violation"
    policy.tried(rule)
    return policy, rule


def _refuse_foreign_data(module: Module, found: list[Token]) -> None:
    """Refuse what Gatekeeper refuses: data that is neither inventory nor a library of the template."""
    for place, token in enumerate(found[:-2]):
        is_read = token.text == "data" and token.sort == "word" and found[place - 1].text != "."
        if is_read and found[place + 1].text in {".", "["} and _step(found[place + 2]) not in _DATA:
            line = module.text.count("\n", 0, token.start) + 1
            name = f"data.{_step(found[place + 2])}"
            raise PolicyError(f'"{name}" is not there: Gatekeeper gives data.inventory and data.lib', module.name, line)


def _step(token: Token) -> str:
    return token.text.strip('"`')


def with_defaults(value: Any, schema: Mapping[str, Any]) -> Any:
    """Give parameters with what the API server fills in, as the template's schema says."""
    if isinstance(value, dict):
        properties = mapping(schema.get("properties"))
        filled = {key: with_defaults(one, mapping(properties.get(key))) for key, one in value.items()}
        for key, one in properties.items():
            if key not in filled and "default" in mapping(one):
                filled[key] = with_defaults(one["default"], one)
        return filled
    if isinstance(value, list):
        return [with_defaults(one, mapping(schema.get("items"))) for one in value]
    return value
