"""The question that Gatekeeper puts to a policy: an AdmissionRequest of nobody, for an object as it is.

https://open-policy-agent.github.io/gatekeeper/website/docs/input
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from gitopsgen.model.unchecked import mapping
from gitopsgen.policy.match import Candidate

_NONE: Final = {"group": "", "version": ""}


def review_of(candidate: Candidate) -> str:
    """Give `input.review` as JSON, without the Namespace object."""
    return json.dumps(_review(candidate), default=str)


def _review(candidate: Candidate) -> Mapping[str, Any]:
    version = str(candidate.data.get("apiVersion", "")).rpartition("/")[2]
    named = {key: candidate.metadata.get(key) for key in ("name", "namespace") if candidate.metadata.get(key)}
    return {
        "uid": "",
        "kind": {"group": candidate.group, "version": version, "kind": candidate.kind},
        "resource": {**_NONE, "resource": ""},
        **named,
        "operation": "",
        "userInfo": {},
        "object": candidate.data,
        "oldObject": None,
        "options": None,
    }


def request_of(review: Mapping[str, Any]) -> tuple[Mapping[str, Any], str]:
    """Give the object of an AdmissionReview and its request as JSON; a deletion asks about what was there."""
    request = dict(mapping(review.get("request")))
    if request.get("operation") == "DELETE":
        request["object"] = request.get("oldObject")
    filled = {"uid": "", "operation": "", "userInfo": {}, "oldObject": None, "options": None} | request
    subject = request.get("object") or request.get("oldObject")
    return mapping(subject), json.dumps(filled, default=str)
