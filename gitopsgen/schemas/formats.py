"""What the formats of strings in schemas ask for, as API servers read them: not all that their names mean elsewhere.

What a server does not know is no format there. Facts from `k8s.io/kube-openapi/pkg/validation/strfmt` and
`k8s.io/apiextensions-apiserver/pkg/apiserver/validation/formats.go`. `date` and `date-time` are the engine's own.
"""

from __future__ import annotations

import binascii
import ipaddress
import re
from base64 import b64decode
from collections.abc import Callable
from typing import Final

_BREAKS: Final = str.maketrans("", "", "\r\n")
_HEX: Final = "[0-9a-f]"
_UUID: Final = rf"{_HEX}{{8}}-?{_HEX}{{4}}-?%s{_HEX}{{3}}-?%s{_HEX}{{3}}-?{_HEX}{{12}}"
_LETTER: Final = r"[A-Za-z0-9$+<=>^`|~\u0080-\U0010ffff]"  # symbols are taken for letters
# as time.ParseDuration of Go: the sign, and the amounts
GO_DURATION: Final = re.compile(r"([-+]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|0)")
_AMOUNT: Final = re.compile(r"\d+\s*([A-Za-zµ]+)")
# the last one of each is the beginning of longer words: seconds, minutes
_UNITS: Final = (
    *(("ns", "nano"), ("us", "µs", "micro"), ("ms", "milli"), ("s", "sec"), ("m", "min")),
    *(("h", "hr", "hour"), ("d", "day"), ("w", "wk", "week")),
)
# compiled when first asked: that takes longer than the import of all else here
_HOST: Final = (
    rf"{_LETTER}(?:-?{_LETTER}{{0,62}})?|(?:{_LETTER}(?:(?:{_LETTER}|-){{0,61}}{_LETTER})?\.)+[^\W\d_]{{2,63}}"
)
_LONGEST_HOST: Final = 255
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_HOST_OF_URI: Final = re.compile(r"//[^/?]*[ \\^`{|}]")
_BAD_ESCAPE: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_MAC: Final = {
    sign: re.compile(rf"[0-9a-fA-F]{{{size}}}(?:[{sign}][0-9a-fA-F]{{{size}}})+")
    for sign, size in ((":", 2), ("-", 2), (".", 4))
}
_MAC_DIGITS: Final = frozenset({12, 16, 40})
_EMAIL: Final = r"""\s*(?:[^<>]*<)?[^\s@<>():;,\[\]\\"]+@[^\s@<>():;,\\"]+>?\s*"""


def _by(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern, re.IGNORECASE)
    return lambda text: compiled.fullmatch(text) is not None


def is_base64(text: str) -> bool:
    """Whether a text is bytes in base64, ends of lines aside."""
    try:
        b64decode(text.translate(_BREAKS), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _is_plain_base64(text: str) -> bool:
    return text != "" and text.translate(_BREAKS) == text and is_base64(text)


def is_duration(text: str) -> bool:
    """Whether a text holds amounts of time, `1h30m`, `22 ns` or `2 weeks`; what stands around them does not count."""
    units = [match[1].lower() for match in _AMOUNT.finditer(text)]
    return GO_DURATION.fullmatch(text) is not None or any(map(_is_unit, units))


def _is_unit(unit: str) -> bool:
    return any(unit in names or unit.startswith(names[-1]) for names in _UNITS)


def _is_host(text: str) -> bool:
    is_short = len(text) <= _LONGEST_HOST and all(len(label) <= 63 for label in text.split("."))  # noqa: PLR2004
    return is_short and re.fullmatch(_HOST, text) is not None


def _is_uri(text: str) -> bool:
    scheme, colon, rest = text.partition(":")
    if not (colon and _SCHEME.fullmatch(scheme)):
        rest = text
    if not rest.startswith("/"):  # what stands behind a scheme is not looked at
        return (rest != text or text == "*") and _CONTROL.search(text) is None
    return not (_CONTROL.search(text) or _BAD_ESCAPE.search(rest) or _HOST_OF_URI.match(rest))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def _without_zeros(text: str) -> str:
    return re.sub(r"(?<![0-9a-fA-F:])0+(?=[0-9])", "", text)  # Go's older reader does not mind them


def _is_ipv4(text: str) -> bool:
    return "." in text and _is_address(_without_zeros(text))


def _is_ipv6(text: str) -> bool:
    return ":" in text and _is_address(text)


def _is_cidr(text: str) -> bool:
    try:
        ipaddress.ip_network(_without_zeros(text), strict=False)
    except ValueError:
        return False
    return re.search(r"/\d+$", text) is not None and "%" not in text


def _is_mac(text: str) -> bool:
    octets = [text.replace(sign, "") for sign in ":-." if _MAC[sign].fullmatch(text)]
    return bool(octets) and len(octets[0]) in _MAC_DIGITS


def _anything(_: str) -> bool:
    return True


FORMATS: Final[dict[str, Callable[[str], bool]]] = {
    **dict.fromkeys(
        (
            *("binary", "idn-email", "idn-hostname", "iri", "iri-reference", "json-pointer", "regex"),
            *("relative-json-pointer", "time", "uri-reference", "uri-template"),
        ),
        _anything,
    ),
    "bsonobjectid": _by(r"[0-9a-f]{24}"),
    "base64": is_base64,  # bytes in the server's own kinds
    "byte": _is_plain_base64,
    "cidr": _is_cidr,
    "duration": is_duration,
    "email": _by(_EMAIL),
    "hexcolor": _by(r"#?(?:[0-9a-f]{3}|[0-9a-f]{6})"),
    "hostname": _is_host,
    "ipv4": _is_ipv4,
    "ipv6": _is_ipv6,
    "mac": _is_mac,
    "ssn": _by(r"\d{3}[- ]\d{2}[- ]\d{4}"),
    "uri": _is_uri,
    "uuid": _by(_UUID % (_HEX, _HEX)),
    "uuid3": _by(_UUID % ("3", _HEX)),
    "uuid4": _by(_UUID % ("4", "[89ab]")),
    "uuid5": _by(_UUID % ("5", "[89ab]")),
}
