"""A running API server, asked for its verdict on objects.

Knows nothing of processes or of the fleet.
"""

import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from .client import JSON_BODY, ApiClient, Reply, Request

Object = Mapping[str, Any]

FIELD_MANAGER = "gitopsgen"
YAML_BODY = "application/yaml"
APPLY_BODY = "application/apply-patch+yaml"
CRD_PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

ESTABLISHED_SECONDS = 60
POLL_SECONDS = 0.1


class ClusterError(Exception):
    """The cluster could not be prepared, so no verdict can be had from it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the server takes an object, and what it says of it."""

    accepted: bool
    status: int
    message: str
    warnings: tuple[str, ...] = ()
    causes: tuple[tuple[str, str], ...] = ()  # fields, and what is wrong with each


@dataclass(frozen=True, slots=True)
class Resource:
    """What discovery says of a kind."""

    plural: str
    is_namespaced: bool


class ControlPlane:
    """A running API server, asked for its verdict on objects."""

    def __init__(self, client: ApiClient) -> None:
        self._client = client
        self._kinds: dict[str, dict[str, Resource]] = {}

    def dry_run(self, obj: Object, text: str | None = None) -> Verdict:
        """Have an object judged as if it were made; `text` is its file, sent as it stands."""
        verdict = self._post(obj, _request(obj, text), {"dryRun": "All"})
        if verdict.status == HTTPStatus.CONFLICT:
            # The server made one of this name itself, as it does the namespace kube-system.
            return self._apply(obj, text)
        return verdict

    def completed(self, obj: Object) -> dict[str, Any]:
        """Give an object as the server would keep it, with what it fills in."""
        path = f"{self._collection(obj)}?{_query({'dryRun': 'All'})}"
        reply = self._client.request("POST", path, _request(obj))
        if reply.status != HTTPStatus.CREATED:
            raise ClusterError(str(reply.document().get("message")))
        return dict(reply.document())

    def create(self, obj: Object, text: str | None = None) -> Verdict:
        """Make an object for real."""
        return self._post(obj, _request(obj, text), {})

    def made(self, obj: Object) -> Verdict:
        """Make an object for real, which may be refused where a dry run is not, and remove it again."""
        verdict = self.create(obj)
        if verdict.accepted:
            self._client.request("DELETE", f"{self._collection(obj)}/{obj['metadata']['name']}?{_query({})}")
        return verdict

    def apply(self, obj: Object, *, is_dry_run: bool = False) -> Verdict:
        """Have an object applied on the server, over the one that is there."""
        return self._apply(obj, None, is_dry_run=is_dry_run)

    def apply_crd(self, definition: Object) -> None:
        """Make a kind known to the server, and wait until it serves it."""
        self.apply_crds([definition])

    def apply_crds(self, definitions: Iterable[Object]) -> None:
        """Make kinds known to the server; they are waited for together, which is quicker."""
        names = [self._apply_definition(definition) for definition in definitions]
        deadline = time.monotonic() + ESTABLISHED_SECONDS
        for name in names:
            while not self._is_established(name):
                if time.monotonic() > deadline:
                    message = f"{name} is not established after {ESTABLISHED_SECONDS} s"
                    raise ClusterError(message)
                time.sleep(POLL_SECONDS)

    def _apply_definition(self, definition: Object) -> str:
        name = str(definition["metadata"]["name"])
        path = f"{CRD_PATH}/{name}?{_query({'force': 'true'})}"
        reply = self._client.request("PATCH", path, _request(definition, None, APPLY_BODY))
        if reply.status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
            message = f"{name}: {reply.document().get('message')}"
            raise ClusterError(message)
        group = definition["spec"]["group"]
        for version in definition["spec"]["versions"]:
            self._kinds.pop(f"{group}/{version['name']}", None)
        return name

    def _is_established(self, name: str) -> bool:
        definition = self._client.request("GET", f"{CRD_PATH}/{name}").document()
        conditions = definition.get("status", {}).get("conditions") or []
        if not any(c["type"] == "Established" and c["status"] == "True" for c in conditions):
            return False
        spec = definition["spec"]
        versions = [f"{spec['group']}/{v['name']}" for v in spec["versions"] if v["served"]]
        # Discovery follows a moment later, and paths are read from it.
        return all(self._resource(each, spec["names"]["kind"]) for each in versions)

    def _post(self, obj: Object, request: Request, options: Mapping[str, str]) -> Verdict:
        path = self._collection(obj)
        if path is None:
            return _unknown_kind(obj)
        return _verdict(self._client.request("POST", f"{path}?{_query(options)}", request))

    def _apply(self, obj: Object, text: str | None, *, is_dry_run: bool = True) -> Verdict:
        request = _request(obj, text, APPLY_BODY)
        query = _query({"force": "true", **({"dryRun": "All"} if is_dry_run else {})})
        path = f"{self._collection(obj)}/{obj['metadata']['name']}?{query}"
        return _verdict(self._client.request("PATCH", path, request))

    def _collection(self, obj: Object) -> str | None:
        api_version = str(obj.get("apiVersion", ""))
        resource = self._resource(api_version, str(obj.get("kind", "")))
        if resource is None:
            return None
        path = _group_path(api_version)
        if resource.is_namespaced:
            path += f"/namespaces/{obj['metadata'].get('namespace', 'default')}"
        return f"{path}/{resource.plural}"

    def _resource(self, api_version: str, kind: str) -> Resource | None:
        known = self._kinds.get(api_version)
        if known is None or kind not in known:
            # Asked again for a kind not seen before: it may have been defined since.
            known = self._kinds[api_version] = self._discover(api_version)
        return known.get(kind)

    def _discover(self, api_version: str) -> dict[str, Resource]:
        reply = self._client.request("GET", _group_path(api_version))
        if reply.status != HTTPStatus.OK:
            return {}
        return {
            each["kind"]: Resource(each["name"], each["namespaced"])
            for each in reply.document()["resources"]
            # `deployments/scale` is a part of a resource, with a kind of its own.
            if "/" not in each["name"]
        }


def _request(obj: Object, text: str | None = None, content_type: str | None = None) -> Request:
    if text is None:
        # JSON is YAML, so this may also be sent where only YAML is taken.
        return Request(json.dumps(obj).encode(), content_type or JSON_BODY)
    return Request(text.encode(), content_type or YAML_BODY)


def _query(options: Mapping[str, str]) -> str:
    always = {"fieldManager": FIELD_MANAGER, "fieldValidation": "Strict"}
    return urlencode({**always, **options})


def _group_path(api_version: str) -> str:
    return f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"


def _verdict(reply: Reply) -> Verdict:
    if reply.status in {HTTPStatus.OK, HTTPStatus.CREATED}:
        return Verdict(accepted=True, status=reply.status, message="", warnings=reply.warnings)
    document = reply.document()
    causes = (document.get("details") or {}).get("causes") or []
    named = tuple((str(each.get("field", "")), str(each.get("message", ""))) for each in causes)
    return Verdict(False, reply.status, str(document.get("message", "")), reply.warnings, named)


def _unknown_kind(obj: Object) -> Verdict:
    message = f"the server does not know the kind {obj.get('kind')} of {obj.get('apiVersion')}"
    return Verdict(accepted=False, status=HTTPStatus.NOT_FOUND, message=message)
