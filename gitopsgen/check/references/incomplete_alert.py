"""An alert that does not say how urgent it is, or what is wrong.

What it finds:
    Alerts of a PrometheusRule without the label `severity` or without the annotation `summary`.

Why:
    Alertmanager chooses by `severity` whom to wake; without it the alert takes the default way, or none. Whoever
    is woken reads `summary` first.

Example:
    apiVersion: monitoring.coreos.com/v1
    kind: PrometheusRule
    metadata: {name: risk, namespace: risk}
    spec:
      groups:
        - name: risk_control
          rules:
            - alert: HighRiskRate
              expr: risk_deny_rate > 0.1
              for: 5m

Instead:
    apiVersion: monitoring.coreos.com/v1
    kind: PrometheusRule
    metadata: {name: risk, namespace: risk}
    spec:
      groups:
        - name: risk_control
          rules:
            - alert: HighRiskRate
              expr: risk_deny_rate > 0.1
              for: 5m
              labels: {severity: critical}
              annotations: {summary: more than a tenth of all transactions are denied}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.references.alerts import rules
from gitopsgen.check.rule import Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping, text

RULE = Rule(
    "GG527", "incomplete-alert", Severity.ERROR, on=of_kind("PrometheusRule.monitoring.coreos.com"), is_shared=True
)
_WANTED = (("labels", "severity"), ("annotations", "summary"))


def check(subject: Subject) -> Iterator[Found]:
    """Report alerts that lack what people need."""
    for field, rule in rules(subject):
        if name := text(rule.get("alert")):
            for place, key in _WANTED:
                if not text(mapping(rule.get(place)).get(key)):
                    message = f'the alert "{name}" has no "{key}" among its {place}'
                    yield subject.found((*field, "alert"), message)
