"""Variants of the manifest, signed again."""

from __future__ import annotations

from app.crypto import bech32
from app.crypto.age import X25519Identity
from app.sync.refusal import Refusal
from tests.insiders.changes import (
    FIELD,
    HASH,
    JSON,
    STRANGER,
    UUID,
    F,
    P,
    Variant,
    ack,
    drop,
    escrow,
    put,
)
from tests.invented_province import DISTRICT, PROVINCE, SIBLING


def _in_escrow_only(recipients: list[dict[str, str]]) -> None:
    """Somebody else of the unit is written to, the reader's key only lies beside."""
    other = {**escrow(), "unit": recipients[0]["unit"], "role": "to"}
    recipients[:] = [{**recipients[0], "role": "escrow"}, other]


MANIFEST: dict[str, Variant] = {
    "format other": ({"manifest": put("format", value="OTHER")}, FIELD, "format"),
    "format missing": ({"manifest": drop("format")}, FIELD, "format"),
    "version newer": ({"manifest": put("v", value=2)}, Refusal.NEWER_FORMAT, "v"),
    "version zero": ({"manifest": put("v", value=0)}, FIELD, "v"),
    "version true": ({"manifest": put("v", value=True)}, FIELD, "v"),
    "reader newer": (
        {"manifest": put("min_reader", value=2)},
        Refusal.NEWER_FORMAT,
        "min_reader",
    ),
    "reader zero": ({"manifest": put("min_reader", value=0)}, FIELD, "min_reader"),
    "kind unknown": ({"manifest": put("kind", value="reference")}, FIELD, "kind"),
    "kind enrol reply": (
        {"manifest": put("kind", value="enrol-reply")},
        Refusal.HEADER_LINE,
        "",
    ),
    "sender missing": ({"manifest": drop("sender")}, FIELD, "sender"),
    "sender station of another PC": (
        {"manifest": put("sender", "station", value=UUID)},
        Refusal.SENDER_DIFFERS,
        "station",
    ),
    "sender station malformed": (
        {"manifest": put("sender", "station", value="me")},
        FIELD,
        "sender",
    ),
    "sender unit above": (
        {"manifest": put("sender", "unit", value=str(DISTRICT))},
        Refusal.SENDER_DIFFERS,
        "unit",
    ),
    "sender unit beside": (
        {"manifest": put("sender", "unit", value=str(SIBLING))},
        Refusal.SENDER_DIFFERS,
        "unit",
    ),
    "sender unit other edition": (
        {"manifest": put("sender", "unit", value="21010@2025")},
        Refusal.SENDER_DIFFERS,
        "unit",
    ),
    "sender unit malformed": ({"manifest": put("sender", "unit", value="21010")}, FIELD, "sender"),
    "sender certificate of another": (
        {"manifest": put("sender", "cert_sha256", value=HASH)},
        Refusal.SENDER_DIFFERS,
        "cert_sha256",
    ),
    "sender replica exchanged": (
        {"manifest": put("sender", "replica", value=UUID)},
        Refusal.HEADER_LINE,
        "",
    ),
    "sender replica malformed": ({"manifest": put("sender", "replica", value="")}, FIELD, "sender"),
    "sender extra key": ({"manifest": put("sender", "x_more", value=1)}, FIELD, "sender"),
    "recipients empty": ({"manifest": put("recipients", value=[])}, FIELD, "recipients"),
    "recipients another unit": (
        {"manifest": put("recipients", 0, "unit", value=str(PROVINCE))},
        Refusal.NOT_FOR_THIS_UNIT,
        "",
    ),
    "recipients another station": (
        {"manifest": put("recipients", 0, "station", value=UUID)},
        Refusal.NOT_FOR_THIS_STATION,
        "",
    ),
    "recipients another key": (
        {"manifest": put("recipients", 0, "age", value=STRANGER.text)},
        Refusal.RECIPIENT_KEY,
        "",
    ),
    "recipients key of low order": (
        {"manifest": put("recipients", 0, "age", value=bech32.encode("age", bytes(32)))},
        FIELD,
        "recipients",
    ),
    "recipients key malformed": (
        {"manifest": put("recipients", 0, "age", value="age1x")},
        FIELD,
        "recipients",
    ),
    "recipients role unknown": (
        {"manifest": put("recipients", 0, "role", value="cc")},
        FIELD,
        "recipients",
    ),
    "recipients role escrow only": (
        {"manifest": put("recipients", 0, "role", value="escrow")},
        FIELD,
        "recipients",
    ),
    "recipients one more in the manifest": (
        {"manifest": lambda m: m["recipients"].append(escrow())},
        Refusal.STANZAS,
        "",
    ),
    "recipients one more in the payload": (
        {"wrap_for": [F.reader.identity.recipient, STRANGER]},
        Refusal.STANZAS,
        "",
    ),
    "recipients doubled": (
        {"manifest": lambda m: m["recipients"].append(m["recipients"][0])},
        FIELD,
        "recipients",
    ),
    "recipients doubled key": (
        {"manifest": lambda m: m["recipients"].append(escrow(age=m["recipients"][0]["age"]))},
        FIELD,
        "recipients",
    ),
    "recipients two units": (
        {"manifest": lambda m: m["recipients"].append({**escrow(), "role": "to"})},
        FIELD,
        "recipients",
    ),
    "recipients the reader only in escrow": (
        {"manifest": lambda m: _in_escrow_only(m["recipients"])},
        Refusal.NOT_FOR_THIS_STATION,
        "",
    ),
    "recipients too many": (
        {
            "manifest": lambda m: m["recipients"].extend(
                escrow(f"{number:08x}{UUID[8:]}", X25519Identity.generate().recipient.text)
                for number in range(32)
            )
        },
        FIELD,
        "recipients",
    ),
    "recipients exchanged for a stranger": (
        {"wrap_for": [STRANGER]},
        Refusal.CANNOT_DECRYPT,
        "",
    ),
    "seq other": ({"manifest": put("seq", value=2)}, FIELD, "prev"),
    "seq and prev other": (
        {"manifest": lambda m: m.update(seq=2, prev=HASH)},
        Refusal.HEADER_LINE,
        "",
    ),
    "seq zero": ({"manifest": put("seq", value=0)}, FIELD, "seq"),
    "seq huge": ({"manifest": put("seq", value=1 << 60)}, JSON, "integer-range"),
    "seq floating": ({"manifest": put("seq", value=1.5)}, JSON, "number"),
    "seq text": ({"manifest": put("seq", value="1")}, FIELD, "seq"),
    "prev on the first": ({"manifest": put("prev", value=HASH)}, FIELD, "prev"),
    "log backward": ({"manifest": put("log", value={"from": 4, "to": 3})}, FIELD, "log"),
    "log negative": ({"manifest": put("log", value={"from": -1, "to": 3})}, FIELD, "log"),
    "log missing end": ({"manifest": drop("log", "to")}, FIELD, "log"),
    "ops fewer": ({"manifest": put("ops", value=2)}, Refusal.OPS_COUNT, ""),
    "ops negative": ({"manifest": put("ops", value=-1)}, FIELD, "ops"),
    "ops more than lines": ({"manifest": put("ops", value=4)}, FIELD, "payload"),
    "ops hash": ({"manifest": put("ops_sha256", value=HASH)}, Refusal.OPS_HASH, ""),
    "ops hash upper case": (
        {"manifest": put("ops_sha256", value=HASH.upper())},
        FIELD,
        "ops_sha256",
    ),
    "entities by category": ({"manifest": put("entities", "hiv", value=1)}, FIELD, "entities"),
    "entities negative": ({"manifest": put("entities", "children", value=-1)}, FIELD, "entities"),
    "acks doubled": ({"manifest": put("acks", value=[ack(), ack()])}, FIELD, "acks"),
    "acks seq zero": ({"manifest": put("acks", value=[ack(seq=0)])}, FIELD, "acks"),
    "acks hash short": (
        {"manifest": put("acks", value=[ack(manifest_sha256="ab")])},
        FIELD,
        "acks",
    ),
    "acks unit": ({"manifest": put("acks", value=[ack(unit="x")])}, FIELD, "acks"),
    "acks replica": ({"manifest": put("acks", value=[ack(replica="x")])}, FIELD, "acks"),
    "acks sender": ({"manifest": put("acks", value=[ack(sender="x")])}, FIELD, "acks"),
    "created impossible": (
        {"manifest": put("created", value="2026-02-30T08:00:00Z")},
        FIELD,
        "created",
    ),
    "created local": (
        {"manifest": put("created", value="2026-03-02T08:00:00+07:00")},
        FIELD,
        "created",
    ),
    "clock suspect as text": (
        {"manifest": put("clock_suspect", value="no")},
        FIELD,
        "clock_suspect",
    ),
    "payload size": ({"manifest": put("payload", "bytes", value=1)}, Refusal.PAYLOAD_SIZE, ""),
    "payload size beyond a stick": (
        {"manifest": put("payload", "bytes", value=4 << 30)},
        FIELD,
        "payload",
    ),
    "payload hash": (
        {"manifest": put("payload", "sha256", value=HASH)},
        Refusal.PAYLOAD_HASH,
        "",
    ),
    "payload compression": ({"manifest": put("payload", "comp", value="xz")}, FIELD, "payload"),
    "payload plain bytes less": (
        {"manifest": put("payload", "plain_bytes", value=10)},
        Refusal.MORE_THAN_CLAIMED,
        "",
    ),
    "payload plain bytes more": (
        {"manifest": put("payload", "plain_bytes", value=1 << 20)},
        Refusal.PLAIN_BYTES,
        "",
    ),
    "payload plain bytes beyond the limit": (
        {"manifest": put("payload", "plain_bytes", value=3 << 30)},
        FIELD,
        "payload",
    ),
    "payload lines more": (
        {"manifest": put("payload", "lines", value=6)},
        Refusal.LINE_COUNT,
        "",
    ),
    "payload lines beyond the limit": (
        {"manifest": put("payload", "lines", value=5_000_001)},
        FIELD,
        "payload",
    ),
    "certs hash": ({"manifest": put("certs_sha256", value=HASH)}, Refusal.CERTS_HASH, ""),
    "certs hash malformed": (
        {"manifest": put("certs_sha256", value="x")},
        FIELD,
        "certs_sha256",
    ),
    "crls number higher": (
        {"manifest": put("crls", P.root_crl.issuer, value=9)},
        Refusal.CRL_NUMBERS,
        "",
    ),
    "crls one missing": (
        {"manifest": drop("crls", P.root_crl.issuer)},
        Refusal.CRL_NUMBERS,
        "",
    ),
    "crls issuer malformed": ({"manifest": put("crls", "x", value=1)}, FIELD, "crls"),
    "crls number zero": (
        {"manifest": put("crls", P.root_crl.issuer, value=0)},
        FIELD,
        "crls",
    ),
    "app with control characters": ({"manifest": put("app", value="a\nb")}, FIELD, "app"),
    "app long": ({"manifest": put("app", value="a" * 65)}, FIELD, "app"),
    "unknown key": ({"manifest": put("more", value=1)}, FIELD, "more"),
    "unknown key no name": ({"manifest": put("Ờ <b>", value=1)}, FIELD, "manifest"),
    "key missing": ({"manifest": drop("app")}, FIELD, "app"),
    "stored not utf-8": ({"stored": lambda d: d + b"\xff"}, JSON, "utf-8"),
    "stored with byte order mark": ({"stored": lambda d: b"\xef\xbb\xbf" + d}, JSON, "json"),
    "stored with rest": ({"stored": lambda d: d + b"{}"}, JSON, "json"),
    "stored a list": ({"stored": lambda _: b"[]"}, JSON, "object"),
    "stored deep": (
        {"stored": lambda d: d[:-1] + b',"x_a":' + b"[" * 30_000 + b"]" * 30_000 + b"}"},
        JSON,
        "depth",
    ),
    "stored seven deep": (
        {"stored": lambda d: d[:-1] + b',"x_a":[[[[[[1]]]]]]}'},
        JSON,
        "depth",
    ),
    "stored doubled key": (
        {"stored": lambda d: d[:-1] + b',"seq":1}'},
        JSON,
        "duplicate-key",
    ),
    "stored doubled inner key": (
        {"stored": lambda d: d[:-1] + b',"x_a":{"b":1,"b":1}}'},
        JSON,
        "duplicate-key",
    ),
    "stored NaN": ({"stored": lambda d: d[:-1] + b',"x_a":NaN}'}, JSON, "number"),
    "stored infinity": ({"stored": lambda d: d[:-1] + b',"x_a":-Infinity}'}, JSON, "number"),
    "stored exponent": ({"stored": lambda d: d[:-1] + b',"x_a":1e3}'}, JSON, "number"),
    "stored surrogate": (
        {"stored": lambda d: d[:-1] + b',"x_a":"\\ud800"}'},
        JSON,
        "surrogate",
    ),
}
