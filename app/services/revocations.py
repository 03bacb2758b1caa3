"""What is revoked: the newest list of each authority, and what earlier lists named besides.

A list is complete when it is made, by what its maker knows. Two key holders who have not heard of
each other, or one whose register was put back, make lists that lack what the other one names; so
nothing here forgets a serial number that any verified list ever held.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

from app.crypto.authority import Authority
from app.crypto.revocation import RevocationList, issue_crl, newest, number_after, parse_crl
from app.models import trust as store_trust
from app.models.store import Reading
from app.models.trust import TrustKind, TrustRow
from app.models.work import UnitOfWork
from app.services.held_back import hold_back

#: The calendar of lists reaches further than some systems turn seconds into moments.
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def revocation_lists(reading: Reading) -> list[RevocationList]:
    """The newest list of each authority known here."""
    return [parse_crl(row.content) for row in store_trust.rows(reading, TrustKind.CRL)]


def unlisted(reading: Reading) -> dict[str, dict[int, datetime]]:
    """By the key id of the authority: what an earlier list of it revoked and its newest one lacks,
    each serial number with its time. Empty unless two key holders revoked apart, or an older copy
    of the key holder's register did.
    """
    found: dict[str, dict[int, datetime]] = {}
    for row in store_trust.rows(reading, TrustKind.REVOKED):
        issuer, _, serial = row.name.partition(" ")
        found.setdefault(issuer, {})[int(serial, 16)] = _EPOCH + timedelta(seconds=row.number)
    return found


def revoked(reading: Reading) -> frozenset[tuple[str, int]]:
    """Key id of the authority and serial number of whatever any list known here ever revoked.

    A list speaks of its own authority's certificates alone: serials are not unique among them.
    """
    listed = {(crl.issuer, serial) for crl in revocation_lists(reading) for serial in crl.revoked}
    lacking = unlisted(reading).items()
    return frozenset(listed.union((issuer, serial) for issuer, some in lacking for serial in some))


def issue_next(
    work: UnitOfWork, authority: Authority, gone: Collection[int], when: datetime
) -> RevocationList:
    """Make and keep the next list of an authority: all it ever revoked, and `gone`, serial numbers
    that are revoked from `when` (aware UTC) on. The first one names nobody else.
    """
    issuer, connection = authority.certificate, work.connection
    content = store_trust.content(connection, TrustKind.CRL, issuer.key_id)
    before = None if content is None else parse_crl(content)
    since = {
        **dict.fromkeys(gone, when),
        **({} if before is None else before.times()),
        **unlisted(connection).get(issuer.key_id, {}),
    }
    number = number_after(0 if before is None else before.number, when)
    crl = issue_crl(issuer, authority.key, number, since, when)
    keep_list(work, crl)
    return crl


def keep_list(work: UnitOfWork, crl: RevocationList) -> None:
    """Keep what a revocation list says: the newest list of its authority, and of another what the
    newest one lacks. Nothing that was ever revoked is forgotten.

    A file is verified before its transaction begins, so another one may have brought a newer list
    meanwhile. What waits from a PC that the list is the first to revoke is held back.
    """
    connection = work.connection
    content = store_trust.content(connection, TrustKind.CRL, crl.issuer)
    if content == crl.der:
        return  # it rides in every bundle
    held = crl if content is None else parse_crl(content)
    best = newest(held, crl)
    other = held if best == crl else crl
    before = unlisted(connection).get(crl.issuer, {})
    known = frozenset(before) if content is None else held.revoked.union(before)
    if content is None or best != held:
        row = TrustRow(TrustKind.CRL, crl.issuer, crl.number, crl.der)
        store_trust.put(connection, row)
    for serial in best.revoked.intersection(before):
        store_trust.drop(connection, TrustKind.REVOKED, _unlisted_name(crl.issuer, serial))
    if lacking := other.revoked - best.revoked:
        times = other.times()
        for serial in lacking.difference(before):
            _put_unlisted(work, crl.issuer, serial, times[serial])
    newly = crl.revoked - known
    if held != crl and held.number == crl.number and (newly or best != held):
        work.audit("authority.lists_of_one_number", number=crl.number)
    if newly:
        hold_back(work, crl.issuer, newly)


def keep_unlisted(work: UnitOfWork, issuer: str, lacking: Mapping[int, datetime]) -> None:
    """Keep what another store of this PC knew to be `unlisted`, as `keep_list` does."""
    known = revoked(work.connection)
    newly = [serial for serial in lacking if (issuer, serial) not in known]
    for serial in newly:
        _put_unlisted(work, issuer, serial, lacking[serial])
    if newly:
        hold_back(work, issuer, newly)


def _put_unlisted(work: UnitOfWork, issuer: str, serial: int, since: datetime) -> None:
    name, seconds = _unlisted_name(issuer, serial), int(since.timestamp())
    store_trust.put(work.connection, TrustRow(TrustKind.REVOKED, name, seconds, b""))


def _unlisted_name(issuer: str, serial: int) -> str:
    return f"{issuer} {serial:x}"
