"""A new root: certified by the old one, learned from above, and no chain breaks."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.dumps import dump_home
from tests.e2e.command_line import PASSPHRASE, Homes, Prompt
from tests.e2e.sentences import said_plainly

PROVINCE, DISTRICT, COMMUNE = "51@2024", "522@2024", "21208@2024"
_CERTIFICATE = re.compile(
    rb"-----BEGIN CERTIFICATE-----\n.*?-----END CERTIFICATE-----\n", re.DOTALL
)
_LIST = re.compile(rb"-----BEGIN X509 CRL-----\n.*?-----END X509 CRL-----\n", re.DOTALL)


def roots(prompt: Prompt) -> dict[str, bool]:
    """Fingerprint → whether it is the newest, of every root trusted there."""
    status = prompt.must("authority", "status")
    return {one["fingerprint"]: one["newest"] for one in status["roots"]}


def certs_of(bundle: Path) -> bytes:
    """The member certs.pem: the third, by its ustar headers."""
    data, place = bundle.read_bytes(), 0
    for _ in range(2):
        place += 512 + -(-int(data[place + 124 : place + 135], 8) // 512) * 512
    return data[place + 512 : place + 512 + int(data[place + 124 : place + 135], 8)]


def openssl_accepts(
    folder: Path, anchor: bytes, between: list[bytes], lists: bytes, own: bytes
) -> bool:
    for name, content in (
        ("root", anchor),
        ("between", b"".join(between)),
        ("lists", lists),
        ("own", own),
    ):
        (folder / name).write_bytes(content)
    command = ["openssl", "verify", "-x509_strict", "-crl_check_all", "-CAfile", "root"]
    command += ["-untrusted", "between", "-CRLfile", "lists", "own"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    return done.returncode == 0 and done.stdout.strip().endswith(": OK")


def is_self_signed(certificate: bytes) -> bool:
    words = ["openssl", "x509", "-noout", "-subject", "-issuer"]
    said = subprocess.run(words, input=certificate, capture_output=True, check=True).stdout.decode()
    subject, issuer = (line.partition("=")[2] for line in said.strip().splitlines())
    return subject == issuer


def test_a_new_root_is_learned_from_above_and_every_chain_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    homes = Homes(tmp_path, monkeypatch)
    province, district, commune = (homes.init(u) for u in (PROVINCE, DISTRICT, COMMUNE))
    old = province.must("authority", "init")["root_fingerprint"]
    homes.enrol(province, district, old)
    homes.enrol(district, commune, old)
    assert said_plainly(district("authority", "rotate-root")) == "authority.not_a_province"
    # A round signed under the old certificate, for whoever is enrolled later.
    province.must(
        *("round", "new", "Đợt Quý IV/2026", "--reference", "2026-12-31"),
        *("--opens", "2026-10-01", "--closes", "2026-12-31"),
    )

    # The sealed copy lies elsewhere; without it nothing is changed.
    kept = tmp_path / "sealed.age"
    shutil.move(province.home / "authority" / "root.age", kept)
    before = dump_home(province.home, PASSPHRASE)
    assert said_plainly(province("authority", "rotate-root")) == "authority.root_lost"
    other = province.home / "authority" / "authority.age"
    wrong = province("authority", "rotate-root", "--root-file", other)
    assert said_plainly(wrong) == "authority.not_this_root"
    assert dump_home(province.home, PASSPHRASE) == before
    new = province.must("authority", "rotate-root", "--root-file", kept)["root_fingerprint"]
    assert roots(province) == {old: False, new: True}
    assert roots(district) == {old: True}

    # From above the district learns it, and passes it on to its commune.
    sent, _ = homes.carry(province, district, DISTRICT)
    assert roots(district) == {old: False, new: True}
    homes.carry(district, commune, COMMUNE)
    assert roots(commune) == {old: False, new: True}
    homes.carry(commune, district, DISTRICT)
    homes.carry(district, province, PROVINCE)

    # openssl follows the cross-certificate from the old root to the province's new certificate.
    certs = certs_of(Path(sent["file"]))
    own, *others = _CERTIFICATE.findall(certs)
    lists = b"".join(_LIST.findall(certs))
    anchors = [one for one in others if is_self_signed(one)]
    between = [one for one in others if not is_self_signed(one)]
    assert len(anchors) == 2
    for anchor in anchors:
        assert openssl_accepts(tmp_path, anchor, between, lists, own)

    # Who is enrolled from now on hangs on the new root, and believes what hangs on the old one.
    late = Prompt(tmp_path / "late", monkeypatch)
    late.must("init", "--unit", DISTRICT, "--user", "b")
    homes.enrol(province, late, new)
    assert roots(late) == {old: False, new: True}
    assert [one["name"] for one in late.must("round", "list")] == ["Đợt Quý IV/2026"]
    homes.carry(province, district, DISTRICT)
    homes.carry(district, late, DISTRICT)
    homes.carry(late, district, DISTRICT)

    # PCs enrolled before and after are revoked by the authority that enrolled them.
    stations = province.must("authority", "status")["stations"]
    for one in {row["station"] for row in stations if row["unit"] == DISTRICT}:
        province.must("authority", "revoke", one)
    for prompt in (district, late):
        answer = prompt.must("handover", "send", "--to", PROVINCE, "--out", homes.stick)
        assert said_plainly(province("handover", "receive", answer["file"])) == "sender-revoked"
