"""The PCs below a receiving unit that a unit above has heard of: their certificates ride along.

A unit that lost its only PC lost the certificates of the PCs below with it, and they go on sealing
to the PC that is gone. Who is above both has heard of them by the bundles of that unit, and tells
the PC that takes its place (FORMAT.md, "Certificates").
"""

from __future__ import annotations

from app.crypto.certificate import ChainFailure, parse_certificate
from app.crypto.certificate_file import CertificateFile
from app.crypto.chain import verify_chain
from app.models import trust as store_trust
from app.models.store import Reading
from app.services import revocations, trust
from app.services.trust import Carried
from app.services.workplace import Workplace


def certificates_below(workplace: Workplace, reading: Reading, to: str) -> list[Carried]:
    """The PCs in use below `to`, each with the authorities above it, where `to` is below
    this unit; nothing for any other receiver.

    Only what stands here: a reader refuses the whole bundle for one certificate without a path.
    """
    tree = workplace.tree
    if to == workplace.unit or to not in tree.below(workplace.unit):
        return []
    units = [one for one in tree.below(to) if one != to]
    if not units:  # of no units would mean: of all
        return []
    held, lists = trust.authorities(reading), revocations.revocation_lists(reading)
    base = trust.trust_of(workplace, reading)
    found = []
    for row in store_trust.stations(reading, units):
        station = parse_certificate(row.certificate)
        path = tuple(trust.path_in(station, held))
        of_path = tuple(one for one in lists if one.issuer in {above.key_id for above in path})
        try:
            verify_chain(CertificateFile((station, *path), of_path), base)
        except ChainFailure:
            continue
        if path and len(of_path) == len(path):
            found.append(Carried((*path, station), of_path))
    return sorted(found, key=lambda one: one.certificates[-1].sha256)
