"""The digest of an image tag, asked of a registry by the OCI distribution API.

Knows nothing of projects and lock files. TLS always, but for a registry on this machine's loopback;
redirects are not followed, so that credentials reach only who was named.
https://github.com/opencontainers/distribution-spec/blob/main/spec.md
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
import re
from dataclasses import dataclass, field
from email.message import Message
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib import error, parse, request

_MEDIA_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_PARAMETER = re.compile(r'(\w+)="([^"]*)"')
_LARGEST = 4 << 20  # bytes of an answer; the specification lets registries refuse larger manifests
_SECONDS = 15

UNAUTHORIZED, NOT_FOUND = 401, 404


class RegistryError(Exception):
    """A registry gave no digest; `name` is the finding's, `unreachable` says that asking on is useless."""

    def __init__(self, name: str, message: str, *, unreachable: bool = False) -> None:
        """Say why there is no digest."""
        super().__init__(message)
        self.name = name
        self.unreachable = unreachable


@dataclass(slots=True)
class Registry:
    """One registry as seen by one user; remembers its bearer tokens by scope.

    `address` is a host, a host and port, or those with a scheme and a path that prefixes every repository.
    Raises `RegistryError` for plain HTTP to another machine.
    """

    address: str
    user: str = ""
    password: str = ""
    _tokens: dict[str, str] = field(default_factory=dict)

    def digest(self, repository: str, tag: str) -> str:
        """Give `sha256:…` of what the tag points to now; raises `RegistryError` where there is none."""
        url = f"{self._base()}/{repository}/manifests/{tag}"
        answer, _ = self._ask(url, "HEAD", repository)
        found = answer.get("Docker-Content-Digest", "")
        if not found:  # the header is only recommended; the digest is that of the manifest's bytes
            answer, body = self._ask(url, "GET", repository)
            found = answer.get("Docker-Content-Digest") or f"sha256:{hashlib.sha256(body).hexdigest()}"
        if not _DIGEST.fullmatch(found):
            raise RegistryError("registry-answer", f"'{self.address}' gave the digest '{found[:80]}', expected sha256")
        return found

    def _base(self) -> str:
        scheme, _, rest = self.address.rpartition("://")
        host, _, prefix = rest.rstrip("/").partition("/")
        local = is_loopback(host)
        scheme = scheme or ("http" if local else "https")
        if scheme != "https" and not (scheme == "http" and local):
            raise RegistryError("registry-address", f"'{self.address}' is not reached by TLS, expected https")
        return f"{scheme}://{host}/v2{'/' + prefix if prefix else ''}"

    def _ask(self, url: str, method: str, repository: str) -> tuple[Message, bytes]:
        token = self._tokens.get(repository)
        try:
            return self._send(url, method, f"Bearer {token}" if token else "")
        except error.HTTPError as refusal:
            challenge = refusal.headers.get("WWW-Authenticate", "")
            if refusal.code != UNAUTHORIZED or token:
                raise self._refused(refusal, url) from refusal
        return self._authorized(url, method, repository, challenge)

    def _authorized(self, url: str, method: str, repository: str, challenge: str) -> tuple[Message, bytes]:
        kind, _, rest = challenge.partition(" ")
        try:
            if kind.lower() == "basic" and self.user:
                return self._send(url, method, self._basic())
            if kind.lower() == "bearer":
                self._tokens[repository] = self._token(dict(_PARAMETER.findall(rest)), repository)
                return self._send(url, method, f"Bearer {self._tokens[repository]}")
        except error.HTTPError as refusal:
            raise self._refused(refusal, url) from refusal
        raise RegistryError("registry-refused", f"'{self.address}' wants credentials for '{repository}'")

    def _token(self, challenge: dict[str, str], repository: str) -> str:
        realm = challenge.get("realm", "")
        parts = parse.urlsplit(realm)
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(parts.netloc)):
            message = f"'{self.address}' sends to '{realm[:80]}' for a token, expected https"
            raise RegistryError("registry-answer", message)
        scope = challenge.get("scope") or f"repository:{repository}:pull"
        query = {"scope": scope, **({"service": challenge["service"]} if "service" in challenge else {})}
        url = parse.urlunsplit(parts._replace(query="&".join(filter(None, (parts.query, parse.urlencode(query))))))
        _, body = self._send(url, "GET", self._basic() if self.user else "")
        token = _token_in(body)
        if not token:
            raise RegistryError("registry-answer", f"'{parts.netloc}' gave no token for '{repository}'")
        return token

    def _basic(self) -> str:
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()

    def _send(self, url: str, method: str, authorization: str) -> tuple[Message, bytes]:
        headers = {"Accept": ", ".join(_MEDIA_TYPES), **({"Authorization": authorization} if authorization else {})}
        asked = request.Request(url, headers=headers, method=method)  # noqa: S310 - _base and _token allow https alone
        try:
            with _opener(url).open(asked, timeout=_SECONDS) as answer:
                return _read(answer)
        except error.HTTPError:
            raise
        except (OSError, HTTPException) as failure:
            reason = getattr(failure, "reason", failure)
            host = parse.urlsplit(url).netloc
            message = f"'{host}' cannot be reached: {reason}"
            raise RegistryError("registry-unreachable", message, unreachable=True) from failure

    def _refused(self, refusal: error.HTTPError, url: str) -> RegistryError:
        refusal.close()
        if refusal.code == NOT_FOUND:
            path = parse.urlsplit(url).path.removeprefix("/v2/").replace("/manifests/", ":")
            return RegistryError("image-not-found", f"'{self.address}' has no image '{path}'")
        return RegistryError("registry-refused", f"'{self.address}' answered {refusal.code} {refusal.reason}")


def is_loopback(netloc: str) -> bool:
    """Say whether a host, with or without a port, is this machine."""
    host = parse.urlsplit(f"//{netloc}").hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _NoRedirect(request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Refuse: the redirect becomes an HTTPError."""


def _opener(url: str) -> request.OpenerDirector:
    local = is_loopback(parse.urlsplit(url).netloc)
    return request.build_opener(_NoRedirect, *([request.ProxyHandler({})] if local else []))


def _read(answer: HTTPResponse) -> tuple[Message, bytes]:
    body = answer.read(_LARGEST + 1)
    if len(body) > _LARGEST:
        raise HTTPException("the answer is larger than 4 MiB")
    return answer.headers, body


def _token_in(body: bytes) -> str:
    try:
        answer = json.loads(body)
    except ValueError:
        return ""
    token = (answer.get("token") or answer.get("access_token")) if isinstance(answer, dict) else None
    return token if isinstance(token, str) else ""
