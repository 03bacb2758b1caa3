"""Bundles put together by hand: what an enrolled insider with the real keys could sign.

`forge` builds a valid bundle unless a change is asked for at one of its stages; everything after
the change is made to fit again (hashes, sizes, signature): only the change itself can be refused.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import zstandard

from app.crypto.age import AgeWriter, X25519Recipient
from app.history.operation import Operation, encode_line, make_operation
from app.sync.bundle_reader import OwnStation, VerifiedBundle, open_bundle
from app.sync.container import write_container
from tests.invented_province import COMMUNE, Province, Station, found_province

PROVINCE_51 = found_province()
NAME = "210102024-000001.tebundle"

Lines = Callable[[list[bytes]], list[bytes]]
Change = Callable[[dict[str, Any]], object]
Bytes = Callable[[bytes], bytes]


def keep(value: Any) -> Any:
    return value


def honest_statement() -> dict[str, Any]:
    """What a giver states, as it is sealed, but for the hash of the payload."""
    return {
        "v": 1,
        "round": None,
        "units": [
            {
                "unit": str(COMMUNE),
                "books": 1,
                "households": 2,
                "children": 3,
                "girls": 1,
                "incomplete": 1,
                "moved_away": 1,
                "places": [["00000000-0000-4000-8000-000000000007", 1, 1, 1], ["", None, 1, 1]],
            }
        ],
        "errors": 4,
        "warnings": 5,
        "left_out": 1,
        "of_age": 2,
        "giver": {"name": "Lê Na", "title": "Công chức"},
        "receiver": {"name": "Trần Mẫu", "title": ""},
    }


def invented_operation(number: int, station: Station) -> Operation:
    return make_operation(
        ent_type="child",
        ent_id=str(uuid.UUID(int=number)),
        parents=[],
        body={"full_name": "Nguyễn Văn An", "birth_date": "2015-03-01", "note": "x" * 200},
        salt=secrets.token_bytes(16),
        unit=str(COMMUNE),
        by=str(COMMUNE),
        replica=station.replica,
        author="an",
        wall=1_700_000_000 + number,
    )


@dataclass(frozen=True, slots=True)
class Forger:
    """A station that seals bundles for a unit in line, honestly by default.

    The commune's for its district unless said otherwise.
    """

    province: Province = field(default_factory=lambda: PROVINCE_51)
    giver: Station | None = None
    receiver: Station | None = None

    @property
    def sender(self) -> Station:
        return self.giver or self.province.commune

    @property
    def reader(self) -> Station:
        return self.receiver or self.province.district

    def operations(self, count: int = 3) -> list[Operation]:
        return [invented_operation(number, self.sender) for number in range(count)]

    def manifest(self, certs: bytes, sender: Station) -> dict[str, Any]:
        certificate = sender.certificate
        return {
            "format": "TEVN-BUNDLE",
            "v": 1,
            "min_reader": 1,
            "kind": "data",
            "sender": {
                "station": certificate.station,
                "replica": sender.replica,
                "unit": str(certificate.unit),
                "cert_sha256": certificate.sha256,
            },
            "recipients": [
                {
                    "station": self.reader.id,
                    "unit": str(self.reader.certificate.unit),
                    "age": self.reader.identity.recipient.text,
                    "role": "to",
                }
            ],
            "seq": 1,
            "prev": None,
            "log": {"from": 0, "to": 3},
            "entities": {"households": 1, "children": 3},
            "acks": [],
            "created": "2026-03-02T08:00:00Z",
            "clock_suspect": False,
            "certs_sha256": hashlib.sha256(certs).hexdigest(),
            "crls": {
                self.province.root_crl.issuer: 1,
                self.province.district_crl.issuer: 1,
            },
            "app": "Forger 1",
        }

    def forge(
        self,
        folder: Path,
        *,
        operations: list[Operation] | None = None,
        lines: Lines = keep,
        header: Change = keep,
        plain: Bytes = keep,
        compressed: Bytes = keep,
        sealed: Bytes = keep,
        manifest: Change = keep,
        stored: Bytes = keep,
        signature: Bytes = keep,
        certs: bytes | None = None,
        sender: Station | None = None,
        wrap_for: list[X25519Recipient] | None = None,
        whole: Bytes = keep,
        stated: Change = keep,
        stated_plain: Bytes = keep,
        stated_sealed: Bytes = keep,
        stated_for: list[X25519Recipient] | None = None,
    ) -> Path:
        sender = sender or self.sender
        chosen = self.operations() if operations is None else operations
        pem = self.province.pem(sender) if certs is None else certs
        claims = self.manifest(pem, sender)
        claims["ops"] = len(chosen)
        ids = b"".join(operation.op_id for operation in chosen)
        claims["ops_sha256"] = hashlib.sha256(ids).hexdigest()
        start = {name: claims[name] for name in ("kind", "prev", "recipients", "sender", "seq")}
        start = json.loads(json.dumps(start))
        header(start)
        text = json.dumps(start, separators=(",", ":"), sort_keys=True)
        built = ['{"t":"h",' + text[1:]]
        all_lines = [line.encode() for line in built]
        all_lines += [encode_line(operation) for operation in chosen]
        all_lines.append(b'{"t":"end","audit":null,"lines":%d}' % (len(all_lines) + 1))
        all_lines = lines(all_lines)
        content = plain(b"".join(line + b"\n" for line in all_lines))
        frame = compressed(compress(content))
        recipients = wrap_for or [X25519Recipient.from_text(r["age"]) for r in claims["recipients"]]
        payload = sealed(seal_for(frame, recipients))
        claims["payload"] = {
            "bytes": len(payload),
            "sha256": hashlib.sha256(payload).hexdigest(),
            "comp": "zstd",
            "plain_bytes": len(content),
            "lines": content.count(b"\n"),
        }
        said = {**honest_statement(), "payload": claims["payload"]["sha256"]}
        stated(said)
        spelled = json.dumps(said, separators=(",", ":"), sort_keys=True).encode()
        age = stated_sealed(seal_for(stated_plain(spelled), stated_for or recipients))
        claims["x_stated"] = base64.b64encode(age).decode()
        manifest(claims)
        data = stored(json.dumps(claims, separators=(",", ":"), sort_keys=True).encode())
        sink = io.BytesIO()
        signed = signature(sender.key.sign(data))
        write_container(sink, data, signed, pem, io.BytesIO(payload), len(payload))
        path = folder / NAME
        path.write_bytes(whole(sink.getvalue()))
        return path

    def open(self, path: Path, **trust: object) -> VerifiedBundle:
        own = OwnStation(self.reader.id, self.reader.certificate.unit, self.reader.identity)
        return open_bundle(path, own, self.province.trust(**trust), lambda unit: unit == COMMUNE)

    def read(self, path: Path, **trust: object) -> list[Operation]:
        """Open and read to the end, as an import does before it commits."""
        with self.open(path, **trust) as bundle:
            bundle.statements()
            bundle.stated()
            return list(bundle.operations())


def compress(content: bytes, **parameters: int) -> bytes:
    chosen = zstandard.ZstdCompressionParameters.from_level(
        3, write_checksum=1, write_content_size=0, **parameters
    )
    compressor = zstandard.ZstdCompressor(compression_params=chosen).compressobj()
    return compressor.compress(content) + compressor.flush()


def seal_for(content: bytes, recipients: list[X25519Recipient]) -> bytes:
    sink = io.BytesIO()
    writer = AgeWriter(sink, recipients)
    writer.write(content)
    writer.close()
    return sink.getvalue()
