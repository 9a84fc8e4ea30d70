"""Terms and their versions: published with notice, told to every customer, agreed to again where that is needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from backoffice.customers.tables import customers
from backoffice.jobs.service import Job, schedule
from backoffice.notices.service import tell
from backoffice.notices.tables import NoticeCategory
from backoffice.privacy.consents import read_lines
from backoffice.privacy.errors import NoticeTooShort, TermsExist
from backoffice.privacy.policy import current_consents
from backoffice.privacy.rules import read_table
from backoffice.privacy.tables import ConsentKind, Document, terms_versions
from kernel import korean
from kernel.clock import KST
from kernel.database import insert, read, write

ANNOUNCE_JOB = "terms_announce"
NOTICE_DAYS = 7
DOCUMENT_NAMES = {
    Document.SERVICE_TERMS: "이용약관",
    Document.PRIVACY_POLICY: "개인정보 처리방침",
    Document.MARKETING_TERMS: "광고 수신 안내",
}
_CUSTOMERS_AT_ONCE = 200
_NEWEST_FIRST = sa.select(terms_versions).order_by(
    terms_versions.c.effective_on.desc(), terms_versions.c.document, terms_versions.c.version.desc()
)


@dataclass(frozen=True, kw_only=True)
class TermsVersion:
    """One version of a document, in force from the beginning of a day in Seoul."""

    document: Document
    version: int
    effective_on: date
    summary: str
    needs_agreement: bool = False


async def publish_terms(engine: AsyncEngine, terms: TermsVersion, *, now: datetime) -> None:
    """Publish a version and have every customer told of it, beginning now.

    Raises NoticeTooShort unless it holds seven whole days from today on at the earliest, TermsExist for a version
    that is there.
    """
    today = now.astimezone(KST).date()
    if terms.version > 1 and terms.effective_on < today + timedelta(days=NOTICE_DAYS + 1):
        raise NoticeTooShort(f"needs {NOTICE_DAYS} days' notice")
    async with write(engine) as connection:
        row = _row(terms, published_at=now, announced_at=None)
        added = await connection.execute(insert(connection, terms_versions).values(row).on_conflict_do_nothing())
        if not added.rowcount:
            raise TermsExist(f"{terms.document.value} {terms.version}")
        key = f"{terms.document.value}:{terms.version}"
        await schedule(connection, kind=ANNOUNCE_JOB, key=key, due_at=now, payload={"after": ""})


async def announce_terms(connection: AsyncConnection, job: Job, now: datetime) -> None:
    """Do the job of telling customers: some of them, and the rest with the next job."""
    document, _, version = job.key.partition(":")
    this = (terms_versions.c.document == document, terms_versions.c.version == int(version))
    row = (await connection.execute(sa.select(terms_versions).where(*this))).first()
    if row is None:
        return
    following = sa.select(customers.c.customer_id).where(customers.c.customer_id > job.payload["after"])
    batch = following.order_by(customers.c.customer_id).limit(_CUSTOMERS_AT_ONCE)
    found = (await connection.execute(batch)).scalars().all()
    text = tell_announcement(_terms(row))
    for customer_id in found:
        await tell(
            connection,
            customer_id=customer_id,
            key=f"terms:{job.key}:{customer_id}",
            category=NoticeCategory.PRIVACY,
            text=text,
            now=now,
        )
    if len(found) == _CUSTOMERS_AT_ONCE:
        await schedule(connection, kind=ANNOUNCE_JOB, key=job.key, due_at=now, payload={"after": found[-1]})
    else:
        await connection.execute(terms_versions.update().where(*this).values(announced_at=now))


def tell_announcement(terms: TermsVersion) -> str:
    """Return what customers are told of a new version."""
    name = korean.josa(DOCUMENT_NAMES[terms.document], "이/가")
    day = korean.date(datetime.combine(terms.effective_on, time(12), KST))
    told = f"{day}부터 {name} 바뀌어요. {terms.summary}"
    return f"{told} 고객님께 불리한 내용이 있어 다시 동의를 받아요." if terms.needs_agreement else told


async def list_versions(engine: AsyncEngine) -> Sequence[TermsVersion]:
    """Return all versions of all documents, the newest first."""
    async with read(engine) as connection:
        return [_terms(row) for row in await connection.execute(_NEWEST_FIRST)]


async def list_changes(engine: AsyncEngine, document: Document, *, since: int) -> Sequence[TermsVersion]:
    """Return what changed in a document after version `since`, oldest first."""
    versions = [terms for terms in await list_versions(engine) if terms.document is document]
    return sorted((terms for terms in versions if terms.version > since), key=lambda terms: terms.version)


async def find_missing_agreement(engine: AsyncEngine, customer_id: str, *, now: datetime) -> TermsVersion | None:
    """Return the newest terms in force that the customer still has to agree to, None where there are none."""
    today = now.astimezone(KST).date()
    async with read(engine) as connection:
        agreed = current_consents(await read_lines(connection, customer_id)).get(ConsentKind.SERVICE)
        versions = [_terms(row) for row in await connection.execute(_NEWEST_FIRST)]
    known = agreed.terms_version or 0 if agreed is not None and agreed.granted else 0
    for terms in versions:
        is_due = terms.document is Document.SERVICE_TERMS and terms.needs_agreement and terms.effective_on <= today
        if is_due and terms.version > known:
            return terms
    return None


async def load_demo_terms(connection: AsyncConnection, today: date) -> None:
    """Replace all terms by those of the invented shop, as of `today`."""
    rows = []
    for name, versions in read_table("terms.yml")["documents"].items():
        for fields in versions:
            day = today - timedelta(days=fields.pop("effective_days_ago"))
            told_at = datetime.combine(day - timedelta(days=NOTICE_DAYS + 3), time(10), KST)
            terms = TermsVersion(document=Document(name), effective_on=day, **fields)
            rows.append(_row(terms, published_at=told_at, announced_at=told_at))
    await connection.execute(terms_versions.delete())
    await connection.execute(terms_versions.insert(), rows)


def _row(terms: TermsVersion, *, published_at: datetime, announced_at: datetime | None) -> dict[str, Any]:
    return {
        "document": terms.document.value,
        "version": terms.version,
        "effective_on": terms.effective_on,
        "summary": terms.summary,
        "needs_agreement": terms.needs_agreement,
        "published_at": published_at,
        "announced_at": announced_at,
    }


def _terms(row: Any) -> TermsVersion:
    return TermsVersion(
        document=Document(row.document),
        version=row.version,
        effective_on=row.effective_on,
        summary=row.summary,
        needs_agreement=row.needs_agreement,
    )
