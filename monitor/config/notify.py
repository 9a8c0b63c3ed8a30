"""The section `notify` of config.yaml: where deliveries go, and which go at once, as a digest, or later."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Discriminator, Field, PrivateAttr, ValidationInfo, model_validator

from monitor.config import values
from monitor.config.base import Duration, Interval, Level, LocalPath, Section, Text, WebAddress
from monitor.model import Secret

_TIME = r"([01]\d|2[0-3]):([0-5]\d)"


def _mailbox(value: str) -> str:
    value = values.text(value)
    if not re.fullmatch(r"[^@\s<>,;]+@[^@\s<>,;]+", value):
        raise ValueError("this is no mail address; write name@example.org")
    return value


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{name} is no time zone; write UTC, Europe/Berlin or the like") from error
    return name


def _when(value: str) -> str:
    value = values.text(value)
    if value in ("at-once", "hourly"):
        return value
    match = re.fullmatch(rf"{_TIME} (\S+)", value)
    if match is None:
        raise ValueError("write at-once, hourly, or a time with its zone, as in 07:00 Europe/Berlin")
    _zone(match[3])
    return value


def _hours(value: str) -> str:
    match = re.fullmatch(rf"{_TIME}-{_TIME} (\S+)", values.text(value))
    if match is None:
        raise ValueError("write two times and their zone, as in 22:00-06:00 Europe/Berlin")
    _zone(match[5])
    return value


Mailbox = Annotated[str, AfterValidator(_mailbox)]
Variable = Annotated[str, AfterValidator(values.variable)]


class _Channel(Section):
    name: Text = Field(description="What rules and `notify status` call it.")
    give_up: Duration = Field(
        default=3 * 86_400.0, gt=0, description="A delivery that could not be sent for so long is given up."
    )


class _WithSecret(_Channel):
    _secrets: dict[str, Secret] = PrivateAttr(default_factory=dict)

    def _take(self, variable: str | None, info: ValidationInfo) -> None:
        if variable is not None:
            env: Mapping[str, str] = (info.context or {}).get("env", {})
            self._secrets[variable] = Secret(variable, env.get(variable, ""))

    def secret(self, variable: str | None) -> Secret | None:
        """The value of an environment variable that this channel names; None when it names none."""
        return self._secrets.get(variable or "")


class MailChannel(_WithSecret):
    """Mail over SMTP."""

    kind: Literal["mail"] = Field(description="Mail over SMTP.")
    server: Annotated[str, AfterValidator(values.host)] = Field(description="Host or host:port.")
    security: Literal["tls", "starttls", "none"] = Field(
        default="tls",
        description="tls: from the first byte (465); starttls (587); none: on this machine only.",
    )
    sender: Mailbox = Field(description="From whom the mails are.")
    to: tuple[Mailbox, ...] = Field(min_length=1, max_length=50, description="To whom they go.")
    user: Text | None = Field(default=None, description="User name, where the server wants one.")
    password_env: Variable | None = Field(
        default=None, description="Name of the environment variable that holds the password."
    )
    ca_file: LocalPath | None = Field(default=None, description="Certificates (PEM) of your own authority.")

    @model_validator(mode="after")
    def _find_password(self, info: ValidationInfo) -> MailChannel:
        if (self.user is None) != (self.password_env is None):
            raise ValueError("user and password_env belong together; write both or none")
        self._take(self.password_env, info)
        host = urlsplit(f"//{self.server}").hostname or ""
        if self.security == "none" and host not in ("localhost", "127.0.0.1", "::1"):
            raise ValueError(
                "without encryption mail goes to this machine only; write security: tls or starttls"
            )
        return self


class WebhookChannel(_WithSecret):
    """A POST of JSON, signed as Standard Webhooks has it."""

    kind: Literal["webhook"] = Field(description="A signed POST of JSON (Standard Webhooks).")
    url: WebAddress = Field(description="Where it is posted to.")
    secret_env: Variable = Field(
        description="Name of the environment variable that holds the signing secret (whsec_ and base64)."
    )

    @model_validator(mode="after")
    def _find_secret(self, info: ValidationInfo) -> WebhookChannel:
        self._take(self.secret_env, info)
        return self


class AppriseChannel(_WithSecret):
    """Slack, Teams, Telegram, ntfy and others, through Apprise (extra `apprise`)."""

    kind: Literal["apprise"] = Field(description="Chat services, by Apprise (extra `apprise`).")
    url_env: Variable = Field(
        description="Name of the environment variable that holds the Apprise address; it contains a token."
    )

    @model_validator(mode="after")
    def _find_url(self, info: ValidationInfo) -> AppriseChannel:
        self._take(self.url_env, info)
        return self


class FeedChannel(_Channel):
    """An Atom file of the newest alerts, for feed readers."""

    kind: Literal["feed"] = Field(description="An Atom file of the newest alerts.")
    file: LocalPath = Field(description="The file; it is replaced as a whole.")
    entries: int = Field(default=100, ge=1, le=1000, description="Alerts in it, the newest ones.")


ChannelEntry = Annotated[MailChannel | WebhookChannel | AppriseChannel | FeedChannel, Discriminator("kind")]


class DeliveryRule(Section):
    """What goes where; every rule that fits an alert sends it."""

    name: Text = Field(description="What deliveries and `notify status` call it.")
    channels: tuple[Text, ...] = Field(min_length=1, description="Names of channels.")
    severity: Level = Field(default=values.severity("low"), description="Alerts of this severity and above.")
    substances: tuple[Text, ...] = Field(default=(), description="Only of these substances, by key.")
    lists: tuple[Text, ...] = Field(default=(), description="Only of substances on one of these lists.")
    sources: tuple[Text, ...] = Field(default=(), description="Only from these sources.")
    tags: tuple[Text, ...] = Field(default=(), description="Only with one of these tags.")
    quiet_alerts: bool = Field(default=False, description="true: alerts within a quiet period as well.")
    when: Annotated[str, AfterValidator(_when)] = Field(
        default="at-once", description="at-once, hourly, or a time and zone: 07:00 Europe/Berlin."
    )
    quiet_hours: Annotated[str, AfterValidator(_hours)] | None = Field(
        default=None, description="22:00-06:00 Europe/Berlin: what falls in waits for their end."
    )
    undecided_for: Interval | None = Field(
        default=None, description="Only when nobody has decided for so long: an escalation."
    )
    about_sources: bool = Field(
        default=False, description="true: also when a source turns bad, and when it is well again."
    )


class Heartbeat(Section):
    """An address that `watch` calls while it is well, so that others delivery when it is not."""

    url: WebAddress = Field(description="Address of the check, as healthchecks.io gives it.")
    every: Interval = Field(default=300.0, ge=30, description="Time between two calls.")


class Notify(Section):
    """Who hears of alerts, and how."""

    channels: tuple[ChannelEntry, ...] = Field(default=(), description="Where deliveries can go.")
    rules: tuple[DeliveryRule, ...] = Field(default=(), description="Which deliveries go where, and when.")
    heartbeat: Heartbeat | None = Field(default=None, description="A sign of life of `watch`.")

    @model_validator(mode="after")
    def _check_names(self) -> Notify:
        names = [channel.name for channel in self.channels]
        for kind, given in (("channels", names), ("rules", [rule.name for rule in self.rules])):
            twice = next((name for name in given if given.count(name) > 1), None)
            if twice is not None:
                raise ValueError(f"two of the {kind} are called “{twice}”; give each a name of its own")
        for rule in self.rules:
            unknown = next((name for name in rule.channels if name not in names), None)
            if unknown is not None:
                hint = values.suggestion(unknown, names) if names else "there are none yet"
                raise ValueError(f"the rule “{rule.name}” names the channel “{unknown}”; {hint}")
        return self
