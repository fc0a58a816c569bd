"""Letters to people (通知): by mail, to a gateway of the operator, or where a developer looks."""

from __future__ import annotations

import asyncio
import json
import smtplib
import ssl
import urllib.request
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from workers.job import Effect, Handler, Job
from workflow import claim, message, password_link, reset
from workflow.reset import Letter, Send

if TYPE_CHECKING:
    from settings import Settings

PATIENCE = 10.0  # seconds


def handler(given: Settings) -> Handler:
    """What is done with a job of this kind."""
    send = sender(given)

    async def handle(job: Job) -> Effect:
        if job.subject is None:
            raise ValueError("whose?")
        return await reset.deliver(job.subject, send, datetime.now(UTC))

    return handle


def of_claims(given: Settings) -> Handler:
    """The letter to an owner whose number somebody registered with."""
    send = sender(given)

    async def handle(job: Job) -> Effect:
        if job.subject is None:
            raise ValueError("whose?")
        return await claim.tell_owner(job.subject, send)

    return handle


def sender(given: Settings) -> Send:
    """The way the operator chose: an address of mail, of a gateway, or of a file."""
    url = given.sender or ("file:/dev/stderr" if given.dev else "")
    if not url:
        return nowhere
    scheme = urlsplit(url).scheme
    ways = {"smtp": by_mail, "smtps": by_mail, "https": to_gateway, "http": to_gateway}
    way = ways.get(scheme, to_file)

    async def send(letter: Letter) -> None:
        await asyncio.to_thread(way, url, given.origin, letter)

    return send


async def nowhere(_: Letter) -> None:
    """The job waits for an operator."""
    raise RuntimeError("JIJIAO_SENDER is not set")


def words(origin: str, letter: Letter) -> tuple[str, str]:
    """Subject and text, in both languages."""
    link = password_link.address(origin, letter.token)
    data = {"login": letter.login, "minutes": letter.minutes, "link": link}
    told = [
        message.sentence(f"letter.{letter.about}.{part}", {**data, "origin": origin}, language)
        for part in ("subject", "text")
        for language in message.LANGUAGES
    ]
    return " · ".join(told[:2]), "\n\n".join(told[2:])


def by_mail(url: str, origin: str, letter: Letter) -> None:
    """Over SMTP with TLS: smtps://user:password@host:465/sender@example."""
    given = urlsplit(url)
    mail = EmailMessage()
    mail["From"], mail["To"] = given.path.strip("/"), letter.to
    mail["Subject"], text = words(origin, letter)
    mail.set_content(text)
    host, context = given.hostname or "", ssl.create_default_context()
    if given.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, given.port or 465, timeout=PATIENCE, context=context
        )
    else:
        server = smtplib.SMTP(host, given.port or 25, timeout=PATIENCE)
    with server:
        if given.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=context)
        if given.username:
            server.login(unquote(given.username), unquote(given.password or ""))
        server.send_message(mail)


def to_gateway(url: str, origin: str, letter: Letter) -> None:
    """POST to the operator's gateway for text messages; it answers 2xx."""
    subject, text = words(origin, letter)
    body = {"to": letter.to, "subject": subject, "text": text}
    request = urllib.request.Request(
        url,
        data=json.dumps(body, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=PATIENCE):
        pass


def to_file(url: str, origin: str, letter: Letter) -> None:
    """Append to a file, which only dev allows."""
    subject, text = words(origin, letter)
    with Path(url.removeprefix("file:")).open("a", encoding="utf-8") as file:
        file.write(f"To: {letter.to}\n{subject}\n{text}\n\n")
