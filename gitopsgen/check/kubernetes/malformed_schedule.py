"""A schedule or time zone that is none.

What it finds:
    A `schedule` of other than five fields, with a value out of range, a name or shorthand that does not exist,
    or with a time zone in it; a `timeZone` that the IANA database does not have.

Why:
    The API server refuses the object.

Example:
    apiVersion: batch/v1
    kind: CronJob
    metadata: {name: settle, namespace: payment}
    spec:
      schedule: "0 24 * * *"
      jobTemplate:
        spec:
          template:
            spec:
              restartPolicy: Never
              containers: [{name: settle, image: registry.example.com/settle}]

Instead:
    apiVersion: batch/v1
    kind: CronJob
    metadata: {name: settle, namespace: payment}
    spec:
      schedule: "0 0 * * *"
      jobTemplate:
        spec:
          template:
            spec:
              restartPolicy: Never
              containers: [{name: settle, image: registry.example.com/settle}]

"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from gitopsgen.check.kubernetes.zones import ZONES
from gitopsgen.check.rule import API_SERVER, Found, Rule, Subject, of_kind
from gitopsgen.diagnostics import Severity
from gitopsgen.model.unchecked import mapping
from gitopsgen.schemas.wording import suggestion

RULE = Rule(
    "GG458", "malformed-schedule", Severity.ERROR, on=of_kind("CronJob.batch"), is_shared=True, refused_by=API_SERVER
)


class _Field(NamedTuple):
    name: str
    least: int
    most: int
    names: tuple[str, ...] = ()


_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_FIELDS: Final = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12, _MONTHS),
    _Field("day of the week", 0, 6, _DAYS),
)
_SHORTHANDS: Final = ("@annually", "@daily", "@hourly", "@midnight", "@monthly", "@weekly", "@yearly")
_EVERY: Final = re.compile(r"@every [-+]?(?:0|(?:(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)")
_NUMBER: Final = re.compile(r"\+?[0-9]+")


def check(subject: Subject) -> Iterator[Found]:
    """Report a schedule that cannot be read, and a time zone that is not known."""
    spec = mapping(subject.data.get("spec"))
    schedule, zone = spec.get("schedule"), spec.get("timeZone")
    if isinstance(schedule, str) and (wrong := _wrong(schedule)):
        hint = "five fields: minute, hour, day of the month, month, day of the week (0 is Sunday)"
        yield subject.found(("spec", "schedule"), f'the schedule "{schedule}" {wrong}', hint)
    if isinstance(zone, str) and zone not in ZONES:
        hint = suggestion(zone, ZONES) or "a name such as Asia/Shanghai or Etc/UTC"
        yield subject.found(("spec", "timeZone"), f'the time zone "{zone}" is not in the IANA database', hint)


def _wrong(schedule: str) -> str:
    if "TZ" in schedule:
        return "has a time zone in it, expected it in spec.timeZone"
    if schedule.startswith("@"):
        is_known = schedule in _SHORTHANDS or _EVERY.fullmatch(schedule)
        return "" if is_known else f"is no shorthand, expected one of {', '.join(_SHORTHANDS)}"
    fields = schedule.split()
    if len(fields) != len(_FIELDS):
        return f"has {len(fields)} fields, expected {len(_FIELDS)}"
    found = (
        wrong
        for field, values in zip(_FIELDS, fields, strict=True)
        for part in values.split(",")
        if part and (wrong := _wrong_part(part, field))
    )
    return next(found, "")


def _wrong_part(part: str, field: _Field) -> str:
    span, *steps = part.split("/")
    low, *high = span.split("-")
    if len(steps) > 1 or len(high) > 1:
        return f'has "{part}" as {field.name}, expected at most one "-" and one "/"'
    if steps and (_NUMBER.fullmatch(steps[0]) is None or not int(steps[0])):
        return f'has the step "{steps[0]}" of the {field.name}, expected a number above 0'
    if low in {"*", "?"}:
        return ""
    ends = [_number(low, field), *(_number(one, field) for one in high)]
    unread = next((text for text, end in zip([low, *high], ends, strict=True) if end is None), None)
    if unread is not None:
        return f'has "{unread}" as {field.name}, expected a number{" or a name" if field.names else ""}'
    numbers = [end for end in ends if end is not None]
    if any(not field.least <= number <= field.most for number in numbers):
        return f'has "{part}" as {field.name}, expected {field.least} to {field.most}'
    return f'has "{part}" as {field.name}, which ends before it begins' if numbers[0] > numbers[-1] else ""


def _number(text: str, field: _Field) -> int | None:
    if text.lower() in field.names:
        return field.names.index(text.lower()) + field.least
    return int(text) if _NUMBER.fullmatch(text) else None
