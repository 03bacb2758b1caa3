"""FORMAT.md says what the code does: refusals, limits, the outcome of every variant."""

from __future__ import annotations

from pathlib import Path

import app.sync.container as container
import app.sync.manifest as manifest
import app.sync.payload as payload
import app.sync.stated as stated
from app.crypto import age_header, certificate, certificate_file, revocation
from app.sync.refusal import Refusal
from app.sync.zstd_frame import MAX_WINDOW
from tests.insiders.certificates import CERTIFICATES, GRANTED
from tests.insiders.claims import CLAIMS, LINE_CLAIMS, STATED_CLAIMS
from tests.insiders.container import CONTAINER
from tests.insiders.control import CONTROL
from tests.insiders.heard import HEARD
from tests.insiders.manifest import MANIFEST
from tests.insiders.operation import OPERATION
from tests.insiders.payload import PAYLOAD
from tests.insiders.sender import SENDER
from tests.insiders.stated import INSIDE, OUTSIDE

PAGE = (Path(__file__).parents[3] / "app" / "sync" / "FORMAT.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    part = PAGE.split(heading + "\n", 1)[1].split("\n#", 1)[0]
    lines = [line for line in part.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_every_refusal_stands_on_the_page() -> None:
    assert [row[0].strip("`") for row in rows("## Refusals")] == [r.value for r in Refusal]


def test_the_table_of_variants_is_the_one_that_runs() -> None:
    tables = {
        "manifest": MANIFEST,
        "stated": {**OUTSIDE, **INSIDE},
        "payload": PAYLOAD,
        "line": CONTROL,
        "operation": OPERATION,
        "sender": SENDER,
        "certificate": CERTIFICATES,
        "container": CONTAINER,
    }
    expected = [
        [f"{area}: {name}", f"`{refusal.value}`" + (f" ({detail})" if detail else "")]
        for area, table in tables.items()
        for name, (_, refusal, detail) in table.items()
    ]
    assert rows("### Variants an enrolled insider could sign again") == expected


def test_the_table_of_what_was_heard_before_is_the_one_that_runs() -> None:
    expected = [[name, f"`{one.refusal.value}` ({one.detail})"] for name, one in HEARD.items()]
    assert rows("### Variants refused by what the receiving PC has heard before") == expected


def test_the_table_of_false_claims_is_the_one_that_runs() -> None:
    heading = "### False claims that only the sender could check"
    assert rows(heading) == [[name] for name in (*CLAIMS, *LINE_CLAIMS, *STATED_CLAIMS)]


def test_the_table_of_what_an_authority_may_grant_is_the_one_that_runs() -> None:
    expected = [
        [f"{kind} {name}", ", ".join(f"`{one}`" for one in sorted(tables)) or "none"]
        for kind, table in GRANTED.items()
        for name, (_, tables) in table.items()
    ]
    assert rows("### What an authority may grant") == expected


def test_the_limits_on_the_page_are_those_of_the_code() -> None:
    assert manifest.MAX_PLAIN_BYTES == 2 << 30
    assert manifest.MAX_LINES == 5_000_000
    assert manifest.MAX_DEPTH == 6
    assert (stated.MAX_TEXT, stated.MAX_DEPTH) == (16_384, 5)
    assert (stated.MAX_COUNT, stated.MAX_NAME) == (999_999_999, 200)
    assert manifest.MAX_PAYLOAD_BYTES == (4 << 30) - (1 << 20)
    assert payload.MAX_LINE_BYTES == 1 << 20
    assert payload.MAX_REFUSED_LINES == 100_000
    assert MAX_WINDOW == 8 << 20
    assert (age_header.MAX_HEADER_BYTES, age_header.MAX_STANZAS) == (1 << 20, 32)
    assert [limit for _, limit in container.MEMBERS[:3]] == [65_536, 256, 262_144]
    assert certificate_file.MAX_CERTIFICATES == 64
    assert certificate.MAX_SCOPE_UNITS == 1024
    assert revocation.MAX_REVOKED == 20_000


def test_the_header_on_the_page_is_the_header_that_is_written() -> None:
    header = container.member_header("manifest.json", 0o1234)
    fixed = {
        0: b"manifest.json" + bytes(87),
        100: b"0000644\0",
        108: b"0000000\0",
        116: b"0000000\0",
        124: b"00000001234\0",
        136: b"00000000000\0",
        156: b"0" + bytes(100),
        257: b"ustar\x0000" + bytes(247),
    }
    for offset, value in fixed.items():
        assert header[offset : offset + len(value)] == value
    assert len(header) == 512
    blank = header[:148] + b" " * 8 + header[156:]
    assert header[148:156] == b"%06o\0 " % sum(blank)
