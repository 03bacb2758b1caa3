"""Real bundles changed by hand, and signed again with the keys of the PC that made them."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.crypto.age import X25519Recipient
from app.crypto.signatures import SigningKey
from app.models import trust as store_trust
from app.models.trust import TrustKind
from app.services import trust
from app.sync.container import read_container, write_container
from tests.e2e.modified_client import opened
from tests.forged_bundles import compress, seal_for


@dataclass(frozen=True)
class Parts:
    """The members of a bundle."""

    manifest: dict[str, Any]
    certs: bytes
    payload: bytes


def parts_of(bundle: Path) -> Parts:
    with bundle.open("rb") as file:
        container = read_container(file, bundle.name)
        file.seek(container.payload_offset)
        payload = file.read(container.payload_size)
    return Parts(json.loads(container.manifest), container.certs, payload)


def signed_again(
    bundle: Path,
    home: Path,
    target: Path,
    *,
    manifest: Callable[[dict[str, Any]], object] = lambda _claims: None,
    plain: bytes | None = None,
) -> Path:
    """The bundle with a changed manifest or another payload, rightly signed by the PC at `home`."""
    found = parts_of(bundle)
    claims, payload = found.manifest, found.payload
    if plain is not None:
        recipients = [X25519Recipient.from_text(one["age"]) for one in claims["recipients"]]
        payload = seal_for(compress(plain), recipients)
        claims["payload"] |= {
            "bytes": len(payload),
            "sha256": hashlib.sha256(payload).hexdigest(),
        }
    manifest(claims)
    data = json.dumps(claims, separators=(",", ":"), sort_keys=True).encode()
    with opened(home) as store, store.read() as reading:
        key = store_trust.content(reading, TrustKind.KEY, trust.SIGNING_KEY)
    assert key is not None
    sink = io.BytesIO()
    signature = SigningKey.from_bytes(key).sign(data)
    write_container(sink, data, signature, found.certs, io.BytesIO(payload), len(payload))
    target.write_bytes(sink.getvalue())
    return target
