"""A policy that cannot be evaluated is an error for `--profile cluster` only where Gatekeeper takes none such."""

from __future__ import annotations

from pathlib import Path

import pytest

from gitopsgen.diagnostics import Severity
from gitopsgen.pipeline.foreign import ForeignOptions, judge_manifests

ROOT = Path(__file__).parents[2]
TEMPLATE = """\
apiVersion: templates.gatekeeper.sh/v1
kind: ConstraintTemplate
metadata: {{name: asking}}
spec:
  crd: {{spec: {{names: {{kind: Asking}}}}}}
  targets:
    - target: admission.k8s.gatekeeper.sh
      rego: |
        package asking
        violation[{{"msg": "no"}}] {{ {body} }}
---
apiVersion: constraints.gatekeeper.sh/v1beta1
kind: Asking
metadata: {{name: asking}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: settings, namespace: payment}}
"""


@pytest.mark.parametrize(
    ("body", "severity"),
    [
        ("1 = ", Severity.ERROR),  # no Rego
        ("input.review.kind.kind == unsaid", Severity.ERROR),  # told once, whatever stands beside it
        ('http.send({"method": "get", "url": "https://example.com"}).status_code != 200', Severity.ERROR),
        ("time.now_ns() > 5", Severity.WARNING),  # a cluster has a clock, a check has none
    ],
)
def test_a_policy_that_gatekeeper_takes_is_no_error(body, severity):
    manifests = TEMPLATE.format(body=body).encode()

    said = judge_manifests([("a.yaml", manifests)], ForeignOptions("1.35", ROOT / "schemas/modern")).findings

    assert [one.severity for one in said if one.name == "unevaluated-policy"] == [severity]
