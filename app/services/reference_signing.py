"""The province's signature on reference data: what is believed, and making it anew.

A signature is as good as the certificate behind it, and that one lasts three years; what it signed
is needed for ever, by PCs that are enrolled long after. So the province signs what it holds once
more whenever its PC gets another certificate. The signature is no part of an operation's id, so
the operation stays the same one, and a PC that holds it takes the newer signature and hands it on.

No PC judges a signature by a day inside the life of its certificate instead: what an operation says
of its day is the word of whoever made it, and a key that was stolen before it ended would sign for
ever.
"""

from __future__ import annotations

from collections.abc import Callable

from msgspec import structs

from app.crypto.certificate import Certificate, ChainFailure, Purpose, parse_certificate
from app.crypto.chain import signed_by, verify_reference
from app.errors import KnownError
from app.history.operation import Operation, ReferenceSignature
from app.models import trust as store_trust
from app.models.queries import receiving
from app.models.store import Reading
from app.models.work import UnitOfWork
from app.services import trust
from app.services.workplace import Workplace


class ReferenceCheck:
    """Whether an operation on reference data carries a valid signature of the province.

    The signing certificate is looked for among the stations known here, those that the bundle it
    came in has taught among them (`take_sender` comes first); its path to a trusted root is
    verified once and remembered for this object.
    """

    def __init__(self, workplace: Workplace, reading: Reading) -> None:
        self._base = trust.trust_of(workplace, reading)
        self._known = {
            one.sha256: one
            for one in (
                parse_certificate(row.certificate)
                for row in store_trust.stations(reading, active_only=False)
            )
        }
        self._pool = trust.authorities(reading)
        self._judged: dict[str, Certificate | None] = {}

    def __call__(self, operation: Operation) -> bool:
        return self._signer_of(operation) is not None

    def supersedes(self, coming: Operation, held: Operation) -> bool:
        """Whether the signature of `coming` takes the place of that of `held`, the same operation.

        A valid one takes the place of one that is not, and of one by an older certificate: so all
        PCs end with the same, whatever comes first, and an old file brings no old one back.
        """
        if coming.signature == held.signature:
            return False
        new, old = self._signer_of(coming), self._signer_of(held)
        if new is None:
            return False
        return old is None or (new.not_before, new.sha256) > (old.not_before, old.sha256)

    def _signer_of(self, operation: Operation) -> Certificate | None:
        signature = operation.signature
        if signature is None:
            return None
        if signature.c not in self._judged:
            self._judged[signature.c] = self._valid(signature.c)
        certificate = self._judged[signature.c]
        if certificate is None:
            return None
        good = signed_by(certificate, bytes.fromhex(signature.s), operation.op_id)
        return certificate if good else None

    def _valid(self, sha256: str) -> Certificate | None:
        certificate = self._known.get(sha256)
        if certificate is None or Purpose.REFERENCE not in certificate.purposes:
            return None
        try:
            verify_reference(certificate, trust.path_in(certificate, self._pool), self._base)
        except ChainFailure:
            return None
        return certificate


def reference_signer(workplace: Workplace, reading: Reading) -> Callable[[Operation], Operation]:
    """Puts the province's signature on an operation. Raises KnownError `enrol.not_enrolled`,
    `rights.not_reference` when this PC may not sign reference data.
    """
    keys, certificate = trust.enrolled_keys(workplace, reading)
    if Purpose.REFERENCE not in certificate.purposes:
        raise KnownError("rights.not_reference", "rights.not_reference_hint")

    def sign(operation: Operation) -> Operation:
        signature = keys.signing.sign(operation.op_id).hex()
        return structs.replace(
            operation, signature=ReferenceSignature(certificate.sha256, signature)
        )

    return sign


def sign_anew(workplace: Workplace, work: UnitOfWork) -> int:
    """Sign everything that the province holds signed and accepted by the certificate that this
    transaction has given its PC; returns how many operations. Each goes out with the next bundles.

    What is accepted was signed validly when it came, or the door had refused it.
    """
    sign = reference_signer(workplace, work.connection)
    signed = [sign(one) for one in receiving.signed_operations(work.connection)]
    receiving.replace_signatures(work.connection, signed)
    receiving.move_to_the_end(work.connection, signed)
    return len(signed)
