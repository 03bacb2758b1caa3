"""Files go both ways between this program and the `age` command."""

from __future__ import annotations

import io
import os
import shlex
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from app.crypto import age_stanzas
from app.crypto.age import (
    AgeReader,
    AgeWriter,
    HeaderFailure,
    NoMatch,
    Passphrase,
    X25519Identity,
    X25519Recipient,
    decrypt,
    encrypt,
)
from app.crypto.age_armor import ArmorReader
from app.crypto.age_header import HeaderSource, Stanza, encode_authenticated, parse_header
from app.crypto.age_payload import CHUNK
from tests.passphrase_cost import as_shipped

SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK]


def run(*command: str, given: bytes = b"") -> bytes:
    return subprocess.run(command, input=given, capture_output=True, check=True).stdout


@pytest.fixture
def theirs(tmp_path: Path) -> tuple[Path, X25519Identity]:
    path = tmp_path / "key.txt"
    run("age-keygen", "-o", str(path))
    secret = path.read_text().splitlines()[-1]
    return path, X25519Identity.from_text(secret)


def test_keys_are_spelled_as_age_keygen_spells_them(theirs: tuple[Path, X25519Identity]) -> None:
    path, identity = theirs
    assert run("age-keygen", "-y", str(path)).decode().strip() == identity.recipient.text
    assert path.read_text().splitlines()[-1] == identity.text


def test_our_key_file_is_read_by_age(tmp_path: Path) -> None:
    identity = X25519Identity.generate()
    path = tmp_path / "ours.txt"
    path.write_text(identity.text + "\n")
    assert run("age-keygen", "-y", str(path)).decode().strip() == identity.recipient.text


@pytest.mark.parametrize("size", SIZES)
def test_age_opens_what_we_sealed(size: int, theirs: tuple[Path, X25519Identity]) -> None:
    path, identity = theirs
    data = os.urandom(size)
    sealed = encrypt(data, [X25519Identity.generate().recipient, identity.recipient])
    assert run("age", "-d", "-i", str(path), given=sealed) == data


@pytest.mark.parametrize("armor", [False, True])
@pytest.mark.parametrize("size", SIZES)
def test_we_open_what_age_sealed(
    size: int, armor: bool, theirs: tuple[Path, X25519Identity]
) -> None:
    _, identity = theirs
    data = os.urandom(size)
    options = ["-a"] if armor else []
    sealed = run("age", "-r", identity.recipient.text, *options, given=data)
    source = ArmorReader(io.BytesIO(sealed)) if armor else io.BytesIO(sealed)
    assert AgeReader(source, [identity]).read() == data


def on_terminal(command: list[str], typed: str) -> None:
    """`age` asks for a passphrase on the terminal only; `script` gives it one."""
    subprocess.run(
        ["script", "-qec", shlex.join(command), "/dev/null"],
        input=typed.encode(),
        capture_output=True,
        check=True,
        timeout=60,
    )


def test_age_opens_our_passphrase_file(tmp_path: Path) -> None:
    sealed, opened = tmp_path / "root.age", tmp_path / "root.key"
    with as_shipped():
        sealed.write_bytes(encrypt(b"the root key", [Passphrase("mật khẩu dài")]))
    kind, _, factor = sealed.read_bytes().split(b"\n")[1].removeprefix(b"-> ").split(b" ")
    assert (kind, factor) == (b"scrypt", b"18")
    on_terminal(["age", "-d", "-o", str(opened), str(sealed)], "mật khẩu dài\n")
    assert opened.read_bytes() == b"the root key"


def test_we_open_the_passphrase_file_of_age(tmp_path: Path) -> None:
    plain, sealed = tmp_path / "plain", tmp_path / "sealed.age"
    plain.write_bytes(b"x" * 100_000)
    on_terminal(["age", "-p", "-o", str(sealed), str(plain)], "một câu dài\nmột câu dài\n")
    assert decrypt(sealed.read_bytes(), [Passphrase("một câu dài")]) == plain.read_bytes()
    with pytest.raises(NoMatch):
        decrypt(sealed.read_bytes(), [Passphrase("một câu khác")])


def test_a_file_without_recipients_or_with_a_passphrase_beside_others_is_not_written() -> None:
    with pytest.raises(ValueError, match="without recipients"):
        encrypt(b"", [])
    with pytest.raises(ValueError, match="only recipient"):
        encrypt(b"", [Passphrase("mật khẩu", 1), X25519Identity.generate().recipient])


_P = 2**255 - 19


@pytest.mark.parametrize(
    "point", [*age_stanzas._LOW_ORDER, *(one + 2**255 for one in age_stanzas._LOW_ORDER)]
)
def test_a_recipient_of_low_order_is_refused_as_soon_as_it_is_read(point: int) -> None:
    """Otherwise it would be noted as somebody's and found out when a bundle is sealed."""
    public = point.to_bytes(32, "little")
    with pytest.raises(ValueError, match=r"shared key"):
        X25519PrivateKey.generate().exchange(X25519PublicKey.from_public_bytes(public))
    with pytest.raises(ValueError, match=r"low order"):
        X25519Recipient(public)


def test_the_neighbours_of_points_of_low_order_are_recipients() -> None:
    for point in (2, _P - 2, *(one + 2 for one in age_stanzas._LOW_ORDER if 1 < one < _P - 1)):
        encrypt(b"", [X25519Recipient(point.to_bytes(32, "little"))])


@pytest.mark.parametrize(
    "text",
    ["", "age1", "age1qqqq", "AGE-SECRET-KEY-1", "Age1" + "q" * 58, "1qqqqqq", "age1b" + "q" * 57],
)
def test_malformed_keys_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        X25519Recipient.from_text(text)
    with pytest.raises(ValueError, match=r".+"):
        X25519Identity.from_text(text)


def test_a_key_with_one_wrong_letter_is_refused() -> None:
    text = X25519Identity.generate().recipient.text
    for place in range(4, len(text)):
        wrong = "q" if text[place] != "q" else "p"
        with pytest.raises(ValueError, match=r".+"):
            X25519Recipient.from_text(text[:place] + wrong + text[place + 1 :])


def test_writing_after_the_end_is_refused() -> None:
    writer = AgeWriter(io.BytesIO(), [X25519Identity.generate().recipient])
    writer.close()
    writer.close()
    with pytest.raises(ValueError, match="closed"):
        writer.write(b"x")


def test_more_stanzas_than_the_limit_are_refused() -> None:
    def header(count: int) -> io.BytesIO:
        text = encode_authenticated([Stanza(("x",), b"")] * count) + b" " + b"A" * 43 + b"\n"
        return io.BytesIO(text)

    assert len(parse_header(HeaderSource(header(32))).stanzas) == 32
    with pytest.raises(HeaderFailure) as caught:
        parse_header(HeaderSource(header(33)))
    assert caught.value.detail == "too-many-stanzas"


def test_a_header_without_end_is_refused_at_the_limit() -> None:
    class Endless:
        given = 0

        def read(self, size: int, /) -> bytes:
            self.given += size
            return b"a" * size

    source = Endless()
    with pytest.raises(HeaderFailure):
        parse_header(HeaderSource(source))
    assert source.given < 1_100_000
