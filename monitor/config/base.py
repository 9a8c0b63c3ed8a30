"""What all sections of config.yaml are made of: the types of their values, and their base."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
    WithJsonSchema,
)

from monitor.config import values
from monitor.model import Severity

_SEVERITIES = [level.label for level in Severity]


def _at_base(value: object, info: ValidationInfo) -> object:
    """A path in the file counts from the folder of the file."""
    if not isinstance(value, str):
        return value
    base: Path = (info.context or {}).get("base", Path())
    return base / Path(values.text(value)).expanduser()


def _split(value: object) -> object:
    """ "a, b" as well as a list: an identifier holds no comma."""
    return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value


Text = Annotated[str, AfterValidator(values.text)]
LocalPath = Annotated[Path, BeforeValidator(_at_base), WithJsonSchema({"type": "string", "minLength": 1})]
Duration = Annotated[
    float,
    BeforeValidator(values.duration),
    WithJsonSchema({"type": "string", "pattern": values.DURATION_PATTERN}),
]
Interval = Annotated[
    float,
    BeforeValidator(values.interval),
    WithJsonSchema({"type": "string", "pattern": values.DURATION_PATTERN}),
]
IntervalOrOff = Annotated[
    float | None,
    BeforeValidator(values.interval_or_off),
    WithJsonSchema({"type": "string", "pattern": rf"^off$|{values.DURATION_PATTERN}"}),
]
Size = Annotated[
    int,
    BeforeValidator(values.size),
    WithJsonSchema({"type": "string", "pattern": values.SIZE_PATTERN}),
]
ListIds = Annotated[
    tuple[Text, ...],
    BeforeValidator(_split),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
Level = Annotated[
    Severity,
    BeforeValidator(values.severity),
    WithJsonSchema({"type": "string", "enum": _SEVERITIES}),
]
Language = Annotated[
    str,
    Field(pattern=r"^[a-z]{2,3}$", description="ISO 639 code: en, de, es, zh ..."),
]
WebAddress = Annotated[str, AfterValidator(values.web_address)]
Pattern = Annotated[str, AfterValidator(values.pattern)]
Kind = Literal["precursor", "narcotic", "psychotropic", "nps", "other"]


class Section(BaseModel):
    """What all sections share: nothing unknown, nothing converted in silence, nothing changed later."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid", hide_input_in_errors=True)
