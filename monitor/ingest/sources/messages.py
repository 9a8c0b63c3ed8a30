"""What an e-mail gives as articles, from a file or a mailbox: itself, what it forwards, what is attached."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from monitor.ingest.dates import parse_date
from monitor.ingest.mail import Mail
from monitor.model import Document, Gap, Source


def mail_items(
    mail: Mail, url: str, source: Source, now: datetime, received: str = "", within: str = ""
) -> Iterator[Document | Gap]:
    """Yield the documents of a mail, and a gap for what of it cannot be read.

    `url` names the mail; what is in it is named by `url` and a number. `received` dates a mail that has no
    date. `within` is the file that a mail without a name of its own stands in.
    """
    part_of = f"{url}/" if "#" in url else f"{url}#"
    if mail.error:
        yield Gap(url, "parse-error", f"{url}: {mail.error}")
    date = parse_date(mail.date, now) or parse_date(received, now)
    if mail.body or mail.subject:
        yield Document(
            source=source.name,
            url=url,
            body=mail.body.encode("utf-8", "replace"),
            media_type=mail.media_type,
            fetched_at=now,
            charset="utf-8",
            title=mail.subject,
            published_at=date,
            language=source.language,
            within=within,
            fixed=True,
        )
    for number, inner in enumerate(mail.forwarded, 1):
        yield from mail_items(
            inner, f"{part_of}forwarded-{number}", source, now, mail.date or received, within
        )
    for number, part in enumerate(mail.attached, 1):
        if part.body.strip():
            yield Document(
                source=source.name,
                url=f"{part_of}attachment-{number}",
                body=part.body,
                media_type=part.media_type,
                fetched_at=now,
                published_at=date,
                language=source.language,
                within=within,
                fixed=True,
            )
