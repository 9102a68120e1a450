"""An alert on a series that no rule records.

What it finds:
    An expression of a PrometheusRule that names a series with a colon in its name, which no `record` of the
    cluster makes. Names with colons belong to recording rules; what programs serve has none.

Why:
    An expression over a series that does not exist is empty, and an empty alert never fires.

Example:
    apiVersion: monitoring.coreos.com/v1
    kind: PrometheusRule
    metadata: {name: risk, namespace: risk}
    spec:
      groups:
        - name: risk_control
          rules:
            - alert: HighRiskRate
              expr: risk:denied:ratio_rate5m > 0.1
              labels: {severity: critical}
              annotations: {summary: more than a tenth of all transactions are denied}

Instead:
    apiVersion: monitoring.coreos.com/v1
    kind: PrometheusRule
    metadata: {name: risk, namespace: risk}
    spec:
      groups:
        - name: risk_control
          rules:
            - record: risk:denied:ratio_rate5m
              expr: sum(rate(decisions_total{outcome="deny"}[5m])) / sum(rate(decisions_total[5m]))
            - alert: HighRiskRate
              expr: risk:denied:ratio_rate5m > 0.1
              labels: {severity: critical}
              annotations: {summary: more than a tenth of all transactions are denied}

"""

from __future__ import annotations

from collections.abc import Iterator

from gitopsgen.check.cluster import Cluster
from gitopsgen.check.references.alerts import GROUP, recorded_names, rules
from gitopsgen.check.rule import Found, Rule
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import text
from gitopsgen.schemas.wording import suggestion

RULE = Rule("GG528", "unrecorded-series", Severity.ERROR, is_shared=True)


def check(cluster: Cluster) -> Iterator[Found]:
    """Report series that nothing makes."""
    subjects = cluster.of("PrometheusRule", GROUP)
    recorded = {text(rule.get("record")) for subject in subjects for _, rule in rules(subject)}
    for subject in subjects:
        for field, rule in rules(subject):
            for name in recorded_names(text(rule.get("expr"))):
                if name not in recorded:
                    message = f'the series "{name}" is recorded by no rule of the cluster'
                    yield subject.found((*field, "expr"), message, suggestion(name, sorted(recorded - {""})))
