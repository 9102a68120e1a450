"""How much a finding weighs: to a fleet's own rules, or to the cluster that is asked to create the object."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from fnmatch import fnmatchcase

from gitopsgen.check import Finding, Rule
from gitopsgen.check.kubernetes import unknown_kind
from gitopsgen.check.rules import RULES
from gitopsgen.diagnostics import Severity, UsageError
from gitopsgen.review.rules import UPDATE_RULES

_CODE = re.compile(r"GG[0-9*]+")
_UNKNOWN = unknown_kind.RULE.code
_RULES = {module.RULE.code: module.RULE for module in (*RULES, *UPDATE_RULES)}


class Profile(StrEnum):
    """What manifests are held to."""

    CLUSTER = "cluster"
    FLEET = "fleet"


def severity_of(finding: Finding, profile: Profile, *, is_certain: bool = True) -> Severity:
    """Give what a finding weighs under a profile.

    Under `cluster`, an error is what the cluster refuses; what follows from an object that may well be in the cluster
    (`is_certain` is false), or breaks a convention of repositories, is information.
    """
    if profile is Profile.FLEET:
        return finding.severity
    if finding.refused:
        return Severity.ERROR
    if not is_certain or _RULES[finding.code].is_convention or finding.severity is Severity.INFO:
        return Severity.INFO
    return Severity.WARNING


def severity_of_code(code: str, severity: Severity, profile: Profile) -> Severity:
    """Give the same of a finding of which no more is known than its code: that of a rule weighs as the rule does."""
    rule = _RULES.get(code)
    if profile is Profile.FLEET or rule is None or rule.refused_by or severity is not Severity.ERROR:
        return severity
    return Severity.INFO if rule.is_convention else Severity.WARNING


class Choice:
    """Which findings are asked for, by code or name, with `*` in them; what keeps manifests unread is always told."""

    def __init__(self, only: Iterable[str], skip: Iterable[str]) -> None:
        """Take the words of `--only` and `--skip`; raises `UsageError` for one that can name no rule."""
        self._only, self._skip = _words(only), _words(skip)
        for word in (*self._only, *self._skip):
            names_a_rule = any(_names((word,), rule.code, rule.name) for rule in _RULES.values())
            # what is found while reading has codes of its own, and no list
            if not names_a_rule and (word in self._only or not _CODE.fullmatch(word)):
                raise UsageError(f'no rule "{word}": rules are called as in docs/rules, GG423 or unresolved-digest')

    def wants(self, code: str, name: str) -> bool:
        """Tell whether a finding is asked for."""
        if _names(self._skip, code, name):
            return False
        return not self._only or code not in _RULES or code == _UNKNOWN or _names(self._only, code, name)

    def runs(self, rule: Rule) -> bool:
        """Tell whether a rule need be run."""
        return self.wants(rule.code, rule.name)


def _words(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(word for each in given for word in each.split(",") if word)


def _names(words: Iterable[str], code: str, name: str) -> bool:
    return any(fnmatchcase(code, word) or fnmatchcase(name, word) for word in words)


EVERYTHING = Choice((), ())
