"""The kinds of sources in config.yaml, a model each, and how they become sources of the program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal
from urllib.parse import quote, urlsplit

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    PrivateAttr,
    Tag,
    ValidationInfo,
    model_validator,
)

from monitor.config import values
from monitor.config.base import (
    Duration,
    Interval,
    Language,
    ListIds,
    LocalPath,
    Pattern,
    Section,
    Size,
    Text,
    WebAddress,
)
from monitor.model import Secret, Source

DEFAULT_EVERY = 3600.0
"""Seconds between two checks of a source that names neither `every` nor `cron`."""


class BaseSource(Section):
    """What sources of every kind have."""

    name: Text = Field(max_length=100, description="What reports call it; no two sources share a name.")
    every: Interval | None = Field(default=None, description="Time between two checks: 90s, 15m, 6h, 1d.")
    cron: Annotated[str, AfterValidator(values.cron)] | None = Field(
        default=None, description='Five cron fields in UTC, as in "0 6 * * *"; instead of `every`.'
    )
    language: Language | None = Field(default=None, description="Hint for texts too short to guess.")
    enabled: bool = Field(default=True, description="false: keep the entry, do not check it.")
    bad_after: int | None = Field(
        default=None,
        ge=1,
        le=1000,
        description="Failed checks in a row after which it has turned bad, instead of health's.",
    )

    @property
    def location(self) -> str:
        raise AssertionError(f"{type(self).__name__} says not where it is")

    @property
    def options(self) -> Mapping[str, object]:
        return {}

    def to_source(self) -> Source:
        every = None if self.cron else self.every or DEFAULT_EVERY
        kind: str = getattr(self, "kind")  # noqa: B009 (each kind declares it with its own literal type)
        return Source(self.name, kind, self.location, every, self.cron, self.language, self.options)


class ListSource(BaseSource):
    """What sources have that list entries, each with a page."""

    max_pages: int = Field(
        default=50, ge=1, le=10_000, description="Linked pages read in one check, at most."
    )
    max_entries: int = Field(
        default=1000, ge=1, le=100_000, description="Entries read in one check, at most."
    )

    @property
    def options(self) -> Mapping[str, object]:
        return self.model_dump(include={"max_pages", "max_entries"})


class FeedSource(ListSource):
    """An RSS, Atom or JSON feed."""

    kind: Literal["feed"] = Field(description="An RSS, Atom or JSON feed.")
    url: WebAddress = Field(description="Address of the feed.")
    fetch_pages: bool = Field(default=True, description="false: read only what the feed itself holds.")

    @property
    def location(self) -> str:
        return self.url

    @property
    def options(self) -> Mapping[str, object]:
        return {**super().options, "fetch_pages": self.fetch_pages}


class PageSource(ListSource):
    """A page that is watched for change, or a listing whose links are followed."""

    kind: Literal["page"] = Field(description="A page that is watched, or a listing of links.")
    url: WebAddress = Field(description="Address of the page.")
    links: Pattern | None = Field(default=None, description="Read the pages of links this is found in.")
    read_page: bool | None = Field(
        default=None, description="Whether the page itself is an article; by default only without `links`."
    )

    @property
    def location(self) -> str:
        return self.url

    @property
    def options(self) -> Mapping[str, object]:
        return {**super().options, "links": self.links, "read_page": self.read_page}


class SitemapSource(ListSource):
    """The sitemap of a site, best its news sitemap."""

    kind: Literal["sitemap"] = Field(description="A sitemap, a news sitemap, or an index of them.")
    url: WebAddress = Field(description="Address of the sitemap.")
    max_age: Interval = Field(default=30 * 86_400.0, description="What is dated before is not read.")
    max_maps: int = Field(
        default=50, ge=1, le=5000, description="Files of an index read in one check, at most."
    )
    include: Pattern | None = Field(default=None, description="Only addresses that this pattern is found in.")
    exclude: Pattern | None = Field(default=None, description="No addresses that this pattern is found in.")

    @property
    def location(self) -> str:
        return self.url

    @property
    def options(self) -> Mapping[str, object]:
        own = self.model_dump(include={"max_maps", "include", "exclude"})
        return {**super().options, **own, "max_age": int(self.max_age)}


class FolderSource(BaseSource):
    """A folder of files with its subfolders: texts, pages, mails, tables, documents, archives."""

    kind: Literal["folder"] = Field(description="A folder of files, with its subfolders.")
    path: LocalPath = Field(description="Path, counted from the folder of this file.")
    max_size: Size = Field(default=32_000_000, description="Of one file; a larger one is reported as a gap.")

    @property
    def location(self) -> str:
        return str(self.path)

    @property
    def options(self) -> Mapping[str, object]:
        return {"max_bytes": self.max_size}


class ApiFields(Section):
    """Where in an item of a JSON answer its parts are: paths such as `title` or `authors.0.name`."""

    title: ListIds = Field(default=(), description="Path of the title.")
    url: Text | None = Field(default=None, description="Path of the address of the page.")
    text: ListIds = Field(default=(), description="Path of the text, or several whose texts are joined.")
    date: Text | None = Field(default=None, description="Path of the date.")
    id: Text | None = Field(default=None, description="Path of what names the item.")
    language: Text | None = Field(default=None, description="Path of the language's code.")


class ApiSource(ListSource):
    """A JSON API that is described here."""

    kind: Literal["api"] = Field(description="A JSON API.")
    url: WebAddress = Field(description="Address; {since}, {until}, {page} and {offset} are filled in.")
    items: Text | None = Field(default=None, description="Path of the list in an answer; none: all of it.")
    fields: ApiFields = Field(description="Where the parts of an item are.")
    next: Text | None = Field(default=None, description="Path of the address of the next answer.")
    since_format: Text = Field(default="%Y-%m-%d", description="How {since} is written (strftime, UTC).")
    lookback: Interval = Field(default=7 * 86_400.0, description="How far back the first check goes.")
    max_requests: int = Field(default=10, ge=1, le=1000, description="Answers read in one check, at most.")
    pace: Duration = Field(default=0.0, description="Between two requests, when longer than that of http.")
    fetch_pages: bool = Field(default=True, description="false: read only what the API itself holds.")

    @property
    def location(self) -> str:
        return self.url

    @property
    def options(self) -> Mapping[str, object]:
        names = {"items", "fields", "next", "since_format", "max_requests", "pace", "fetch_pages"}
        return {**super().options, **self.model_dump(include=names), "lookback": int(self.lookback)}


class MailSource(BaseSource):
    """A folder of a mailbox, read over IMAP; nothing in it is changed."""

    kind: Literal["mail"] = Field(description="A folder of a mailbox (IMAP).")
    server: Annotated[str, AfterValidator(values.host)] = Field(
        description="Host or host:port of the IMAP server."
    )
    user: Text = Field(description="User name.")
    password_env: Annotated[str, AfterValidator(values.variable)] | None = Field(
        default=None, description="Name of the environment variable that holds the password."
    )
    password_file: LocalPath | None = Field(default=None, description="File that holds the password.")
    folder: Text = Field(default="INBOX", description="Folder of the mailbox.")
    lookback: Interval = Field(default=7 * 86_400.0, description="How far back the first check goes.")
    max_messages: int = Field(default=500, ge=1, le=10_000, description="Read in one check, at most.")
    max_size: Size = Field(default=10_000_000, description="Of one message; a larger one is a gap.")
    tls: bool = Field(default=True, description="false: without encryption; only on the same machine.")
    ca_file: LocalPath | None = Field(default=None, description="Certificates (PEM) of your own authority.")

    _password: Secret | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _find_password(self, info: ValidationInfo) -> MailSource:
        if (self.password_env is None) == (self.password_file is None):
            raise ValueError("the password is given twice; write either `password_env:` or `password_file:`")
        if self.password_env is not None:
            env: Mapping[str, str] = (info.context or {}).get("env", {})
            self._password = Secret(self.password_env, env.get(self.password_env, ""))
        return self

    @property
    def location(self) -> str:
        scheme = "imaps" if self.tls else "imap"
        return f"{scheme}://{self.server}/{quote(self.folder)}"

    @property
    def options(self) -> Mapping[str, object]:
        own = self.model_dump(include={"user", "folder", "max_messages", "tls"})
        parts = urlsplit(f"//{self.server}")
        files = {"password_file": self.password_file, "ca_file": self.ca_file}
        return {
            **own,
            **{key: str(path) for key, path in files.items() if path is not None},
            **({"password": self._password} if self._password else {}),
            "host": parts.hostname or "",
            "port": parts.port or (993 if self.tls else 143),
            "max_bytes": self.max_size,
            "lookback": int(self.lookback),
        }


class GdeltSource(ListSource):
    """News of the world that name what is watched, by the DOC 2.0 API of the GDELT Project."""

    kind: Literal["gdelt"] = Field(description="News of the world by the GDELT Project.")
    terms: tuple[Text, ...] = Field(
        default=(), description="What is searched for; left out: names of the watched substances."
    )
    lists: ListIds = Field(default=(), description="Only substances on these lists are searched for.")
    languages: tuple[Language, ...] = Field(default=(), description="Only articles in these languages.")
    lookback: Interval = Field(default=86_400.0, description="How far back the first check goes.")
    max_requests: int = Field(default=40, ge=1, le=1000, description="Questions asked in one check, at most.")
    fetch_pages: bool = Field(default=True, description="false: only the titles are read.")
    url: WebAddress = Field(
        default="https://api.gdeltproject.org/api/v2/doc/doc", description="Address of the API."
    )

    @property
    def location(self) -> str:
        return self.url

    @property
    def options(self) -> Mapping[str, object]:
        own = self.model_dump(include={"terms", "lists", "languages", "max_requests", "fetch_pages"})
        return {**super().options, **own, "lookback": int(self.lookback)}


class FederalRegisterSource(ListSource):
    """Documents of the US Federal Register: rules, proposed rules and notices."""

    kind: Literal["federal_register"] = Field(description="Documents of the US Federal Register.")
    agencies: tuple[Annotated[str, AfterValidator(values.slug)], ...] = Field(
        default=("drug-enforcement-administration",), description="Agencies, as its addresses name them."
    )
    term: Text | None = Field(default=None, description="Only documents that hold these words.")
    lookback: Interval = Field(default=30 * 86_400.0, description="How far back the first check goes.")
    fetch_pages: bool = Field(default=True, description="false: only titles and abstracts are read.")
    url: WebAddress = Field(
        default="https://www.federalregister.gov/api/v1/documents.json", description="Address of the API."
    )

    def to_source(self) -> Source:
        """It is an `api` source with the mapping filled in."""
        return replace(super().to_source(), kind="api")

    @property
    def location(self) -> str:
        fields = ("title", "abstract", "action", "dates", "html_url", "publication_date", "document_number")
        asked = [
            *(f"conditions[agencies][]={agency}" for agency in self.agencies),
            *([f"conditions[term]={quote(self.term)}"] if self.term else []),
            "conditions[publication_date][gte]={since}&order=newest&per_page=100",
            *(f"fields[]={field}" for field in fields),
        ]
        return f"{self.url}?{'&'.join(asked)}"

    @property
    def options(self) -> Mapping[str, object]:
        fields = {
            "title": ("title",),
            "text": ("abstract", "action", "dates"),
            "url": "html_url",
            "date": "publication_date",
            "id": "document_number",
        }
        own = {"items": "results", "next": "next_page_url", "fields": fields, "fetch_pages": self.fetch_pages}
        return {**super().options, **own, "lookback": int(self.lookback)}


class WarcSource(BaseSource):
    """Web archives: a .warc or .warc.gz file, or a folder of them."""

    kind: Literal["warc"] = Field(description="A WARC file, or a folder of them, with its subfolders.")
    path: LocalPath = Field(description="Path, counted from the folder of this file.")
    max_size: Size = Field(
        default=32_000_000, description="Of one record; a larger one is reported as a gap."
    )

    @property
    def location(self) -> str:
        return str(self.path)

    @property
    def options(self) -> Mapping[str, object]:
        return {"max_bytes": self.max_size}


SOURCE_KINDS: Mapping[str, type[BaseSource]] = {
    "api": ApiSource,
    "federal_register": FederalRegisterSource,
    "feed": FeedSource,
    "folder": FolderSource,
    "gdelt": GdeltSource,
    "mail": MailSource,
    "page": PageSource,
    "sitemap": SitemapSource,
    "warc": WarcSource,
}


def _source_kind(value: object) -> str | None:
    kind = value.get("kind") if isinstance(value, dict) else getattr(value, "kind", None)
    return f"#{kind}" if isinstance(kind, str) and kind in SOURCE_KINDS else None


SourceEntry = Annotated[
    Annotated[ApiSource, Tag("#api")]
    | Annotated[FederalRegisterSource, Tag("#federal_register")]
    | Annotated[FeedSource, Tag("#feed")]
    | Annotated[FolderSource, Tag("#folder")]
    | Annotated[GdeltSource, Tag("#gdelt")]
    | Annotated[MailSource, Tag("#mail")]
    | Annotated[PageSource, Tag("#page")]
    | Annotated[SitemapSource, Tag("#sitemap")]
    | Annotated[WarcSource, Tag("#warc")],
    Discriminator(_source_kind),
]
