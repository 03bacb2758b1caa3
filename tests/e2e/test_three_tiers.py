"""What three real homes of three tiers owe each other besides records: rounds, trust, lines."""

from __future__ import annotations

import io
import shutil
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import open_services
from app.cli.program import main
from app.crypto.authority import Authority, create_authority, create_root
from app.crypto.certificate import parse_certificate
from app.crypto.certificate_file import encode_certificates, parse_certificates
from app.crypto.check_code import check_code
from app.crypto.revocation import issue_crl
from app.errors import KnownError
from app.ids import UnitRef
from app.models import trust as store_trust
from app.models.trust import TrustKind, TrustRow
from app.services import revocations, trust
from app.services.exchange import Sealing, seal_bundle
from app.services.installation import unlock
from app.services.workplace import Progress
from app.settings import Settings
from app.sync.manifest import Kind
from tests.e2e.command_line import PASSPHRASE, Homes, Prompt
from tests.e2e.sentences import said_plainly
from tests.e2e.test_copies import type_child

PROVINCE, DISTRICT, OTHER, COMMUNE = "51@2024", "522@2024", "524@2024", "21208@2024"
#: A commune of the same district, and one of the other.
ELSEWHERE, FAR = "21010@2024", "21064@2024"


class Three:
    """A province, a district and a commune, enrolled."""

    def __init__(self, homes: Homes, root: str) -> None:
        self.homes = homes
        self.root = root
        self.province, self.district, self.commune = (
            homes.at(unit) for unit in (PROVINCE, DISTRICT, COMMUNE)
        )


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Three enrolled homes; making their keys takes seconds, so it is done once."""
    folder = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as monkeypatch:
        homes = Homes(folder, monkeypatch)
        province = homes.init(PROVINCE)
        root = province.must("authority", "init")["root_fingerprint"]
        district, commune = homes.init(DISTRICT), homes.init(COMMUNE)
        homes.enrol(province, district, root)
        homes.enrol(district, commune, root)
    return folder, root


@pytest.fixture
def three(prepared: tuple[Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Three:
    folder, root = prepared
    shutil.copytree(folder, tmp_path / "homes")
    return Three(Homes(tmp_path / "homes", monkeypatch), root)


def services_of(prompt: Prompt):
    return open_services(Settings(prompt.home), lambda settings: unlock(settings, PASSPHRASE))


def test_a_round_of_the_province_reaches_a_commune_through_its_district(three: Three) -> None:
    three.province.must(
        "round",
        "new",
        "Đợt Quý IV/2026",
        "--reference",
        "2026-12-31",
        "--opens",
        "2026-10-01",
        "--closes",
        "2026-12-31",
    )
    three.homes.carry(three.province, three.district, DISTRICT)
    _, got = three.homes.carry(three.district, three.commune, COMMUNE)
    assert got["refused"] == got["waiting"] == 0
    (held,) = three.commune.must("round", "list")
    assert held["name"] == "Đợt Quý IV/2026"


def test_an_enrolled_pc_keeps_its_keys_whatever_is_asked_again(three: Three) -> None:
    for prompt, said in ((three.province, "renews_itself"), (three.commune, "already")):
        answer = prompt("enrol", "request", "--out", prompt.beside("again.request"))
        assert (answer.code, answer.document["error"]) == (1, f"enrol.{said}")
    three.homes.carry(three.commune, three.district, DISTRICT)
    three.homes.carry(three.district, three.province, PROVINCE)


def test_the_root_is_made_once(three: Three) -> None:
    answer = three.province("authority", "init")
    assert (answer.code, answer.document["error"]) == (1, "authority.exists")
    assert three.province.must("authority", "status")["root_fingerprint"] == three.root


def test_a_root_that_was_never_believed_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    province = Homes(tmp_path, monkeypatch).init(PROVINCE)
    with monkeypatch.context() as broken, services_of(province) as services:
        broken.setattr(store_trust, "put", _power_cut)
        with pytest.raises(_PowerCut):
            services.authority.found(PASSPHRASE)
    made = province.must("authority", "init")
    assert province.must("authority", "status")["root_fingerprint"] == made["root_fingerprint"]


class _PowerCut(BaseException):
    pass


def _power_cut(*_arguments: object) -> None:
    raise _PowerCut


def test_a_list_of_one_authority_says_nothing_of_another_s_certificates(three: Three) -> None:
    """A district whose list holds the serial of the province's PC shuts nobody out."""
    with services_of(three.province) as services:
        workplace = services.workplace
        with workplace.store.read() as reading:
            own = trust.enrolled_keys(workplace, reading)[1]
            known = {crl.issuer for crl in revocations.revocation_lists(reading)}
        stranger = _stranger()
        crl = issue_crl(
            stranger.certificate,
            stranger.key,
            1,
            {own.serial: datetime.now(tz=UTC)},
            datetime.now(tz=UTC),
        )
        assert crl.issuer not in known
        with workplace.write() as work:
            row = TrustRow(TrustKind.CRL, crl.issuer, crl.number, crl.der)
            store_trust.put(work.connection, row)
            work.commit()
    three.homes.carry(three.district, three.province, PROVINCE)
    active = {
        one["unit"]
        for one in three.province.must("authority", "status")["stations"]
        if one["active"]
    }
    assert {PROVINCE, DISTRICT} <= active


def _stranger() -> Authority:
    when = datetime.now(tz=UTC).replace(microsecond=0)
    scope = (UnitRef("524", "2024"),)
    return create_authority(create_root(scope, when), scope, when)


def test_a_revoked_key_is_not_certified_again(three: Three) -> None:
    stations = three.district.must("authority", "status")["stations"]
    station = next(one["station"] for one in stations if one["unit"] == COMMUNE)
    three.district.must("authority", "revoke", station)
    request = three.commune.beside("enrol.request")
    code = check_code(request.read_bytes())
    out = three.homes.folder / "x.tebundle"
    answer = three.district("enrol", "grant", request, "--out", out, "--check-code", code)
    assert (answer.code, answer.document["error"]) == (1, "enrol.revoked_key")


def test_a_unit_above_that_did_not_issue_the_certificate_seals_no_reply(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its word on root and escrow must not count, though everything about the file is right."""
    newcomer = three.homes.init(ELSEWHERE)
    request, reply = newcomer.beside("enrol.request"), newcomer.beside("enrol.tebundle")
    code = newcomer.must("enrol", "request", "--out", request)["check_code"]
    three.district.must("enrol", "grant", request, "--out", reply, "--check-code", code)
    with services_of(three.district) as services, services.workplace.store.read() as reading:
        (row,) = store_trust.stations(reading, [ELSEWHERE])
        own, pool = parse_certificate(row.certificate), trust.authorities(reading)
        lists = revocations.revocation_lists(reading)
    issuer = next(one for one in pool if one.key_id == own.issuer_key_id)
    member = trust.certificate_member

    def everything(*arguments: Any) -> bytes:
        file = parse_certificates(member(*arguments))
        both = dict.fromkeys([*file.certificates, issuer, own])
        return encode_certificates([*both], lists)

    forged = newcomer.beside("forged.tebundle")
    with services_of(three.province) as services, monkeypatch.context() as changed:
        changed.setattr(trust, "certificate_member", everything)
        sealing = Sealing(ELSEWHERE, Kind.ENROL_REPLY, only_to=own, extra=(own,))
        seal_bundle(services.workplace, sealing, forged, Progress())
    accept = ("enrol", "accept", forged, "--fingerprint", three.root)
    assert said_plainly(newcomer(*accept)) == "enrol.not_the_issuer"
    newcomer.must("enrol", "accept", reply, "--fingerprint", three.root)


def test_only_a_unit_above_grants_and_an_enrolled_pc_accepts_nothing_more(three: Three) -> None:
    newcomer = three.homes.init("21172@2024")
    request = newcomer.beside("enrol.request")
    asked = newcomer.must("enrol", "request", "--out", request)
    with services_of(three.commune) as services, pytest.raises(KnownError) as refused:
        services.granting.grant(
            request,
            request.with_suffix(".tebundle"),
            passphrase=PASSPHRASE,
            compared=asked["check_code"],
        )
    assert refused.value.message_id == "enrol.not_below"
    answer = three.district(
        "enrol", "accept", three.district.beside("enrol.tebundle"), "--fingerprint", three.root
    )
    assert (answer.code, answer.document["error"]) == (1, "enrol.already")


def test_a_replica_of_another_pc_is_refused_and_the_honest_line_goes_on(three: Three) -> None:
    second = Prompt(three.homes.folder / "second", three.homes._monkeypatch)
    second.must("init", "--unit", COMMUNE, "--user", "b")
    three.homes.enrol(three.district, second, three.root)
    three.homes.carry(three.commune, three.district, DISTRICT)
    with services_of(three.commune) as services:
        stolen = services.workplace.store.replica
    with services_of(second) as services:
        store = services.workplace.store
        with services.workplace.write() as work:
            store.put_settings(work, {"replica": stolen})
            work.commit()
    other_stick = three.homes.folder / "usb2"
    other_stick.mkdir()
    sent = second.must("handover", "send", "--to", DISTRICT, "--out", other_stick)
    (got,) = three.district("handover", "receive", sent["file"]).document
    assert (got["status"], got["reason"]) == ("rejected", "sender-differs")
    _, honest = three.homes.carry(three.commune, three.district, DISTRICT)
    assert honest["continuity"] == "normal"


def test_a_stick_that_is_not_there_is_not_replaced_by_a_folder(three: Three) -> None:
    nowhere = three.homes.folder / "no" / "stick"
    answer = three.commune("handover", "send", "--to", DISTRICT, "--out", nowhere)
    assert (answer.code, answer.document["error"]) == (1, "files.no_folder")
    assert not nowhere.exists()
    assert three.commune.must("handover", "list") == []


def test_a_handover_cut_off_before_the_stick_is_not_in_the_register(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.services import handover_sending

    with services_of(three.commune) as services, monkeypatch.context() as broken:
        broken.setattr(handover_sending, "copy_out", _power_cut)
        with pytest.raises(_PowerCut):
            services.handovers.sending.send(DISTRICT, three.homes.stick)
    assert three.commune.must("handover", "list") == []
    sent, got = three.homes.carry(three.commune, three.district, DISTRICT)
    assert (sent["seq"], got["continuity"], got["refused"]) == (2, "normal", 0)


def said(prompt: Prompt, *words: str | Path) -> tuple[int, str]:
    """What a person reads."""
    out = io.StringIO()
    with redirect_stdout(out):
        code = main(["--home", str(prompt.home), *map(str, words)], open_services)
    return code, out.getvalue()


def test_what_is_returned_is_told_with_its_reason_and_waits_until_somebody_answers(
    three: Three,
) -> None:
    commune, district, homes = three.commune, three.district, three.homes
    type_child(commune, "2", "Đinh Thị Nga")
    (child,) = (one["id"] for one in commune.must("register", "search", "dinh thi nga"))
    assert said(commune, "handover", "unfinished") == (0, "Không có lần gửi nào dở dang.\n")
    sent, _ = homes.carry(commune, district, DISTRICT)
    handover = sent["handover"]
    district.must("handover", "return", handover, "--reason", "Thiếu thôn Hai")
    district.must("handover", "return", handover, "--record", child, "--reason", "Sai ngày sinh")
    assert "huyện trả lại: Thiếu thôn Hai" in said(district, "handover", "list")[1]
    assert district.must("waiting", "list") == []

    down = district.must("handover", "send", "--to", COMMUNE, "--out", homes.stick)
    code, told = said(commune, "handover", "receive", down["file"])
    assert code == 4
    assert f"({DISTRICT}) trả lại lần bàn giao {handover}: Thiếu thôn Hai." in told
    assert f"({DISTRICT}) trả lại hồ sơ {child}: Sai ngày sinh." in told
    assert "; huyện trả lại: Thiếu thôn Hai" in said(commune, "handover", "list")[1]
    assert [
        (one["entity"], one["id"], one["message"], one["brought_by"])
        for one in commune.must("waiting", "list")
    ] == [
        ("handover", handover, "Thiếu thôn Hai", DISTRICT),
        ("child", child, "Sai ngày sinh", DISTRICT),
    ]
    assert "Nga" not in said(commune, "waiting", "list")[1]

    commune.must("register", "set", child, "birth_date=2015-03-04", codes=(0, 4))
    assert [one["id"] for one in commune.must("waiting", "list")] == [handover]
    homes.carry(commune, district, DISTRICT)
    assert commune.must("waiting", "list") == []


def test_a_unit_whose_pcs_are_all_revoked_is_not_told_to_send_a_bundle_first(three: Three) -> None:
    stations = three.district.must("authority", "status")["stations"]
    station = next(one["station"] for one in stations if one["unit"] == COMMUNE)
    three.district.must("authority", "revoke", station)
    answer = three.district("handover", "send", "--to", COMMUNE, "--out", three.homes.stick)
    assert (answer.code, answer.document["error"]) == (1, "handover.none_active")


def test_the_writer_of_a_refused_change_is_told_at_once_by_whom_and_why(three: Three) -> None:
    commune, district = three.commune, three.district
    type_child(commune, "1", "Đinh Thị Hoa")
    child = commune.must("register", "search", "dinh thi hoa")[0]["id"]
    three.homes.carry(commune, district, DISTRICT)
    moved = commune.must("register", "set", child, f"owner_unit={ELSEWHERE}")
    assert moved["elsewhere"] is None  # whoever moves a record away owns it still
    late = commune("register", "set", child, "other_name=Hoa")
    assert (late.code, late.document["elsewhere"]) == (4, ELSEWHERE)
    told = commune.told("register", "set", child, "other_name=Hoa Nhỏ", codes=(4,))
    assert told[-1].startswith(f"Hồ sơ này thuộc {ELSEWHERE}, không thuộc đơn vị của máy này.")
    commune.must("register", "set", child, "other_name=Bé Hoa", codes=(4,))
    _, got = three.homes.carry(commune, district, DISTRICT)
    assert (got["refused"], got["waiting"]) == (1, 2)

    down = district.must("handover", "send", "--to", COMMUNE, "--out", three.homes.stick)["file"]
    seen = commune.told("handover", "receive", down, "--preview", codes=(4,))
    answer = commune("handover", "receive", down)
    (got,) = answer.document
    assert answer.code == 4
    assert (got["refused"], got["waiting"], got["conflicts"]) == (1, 2, 0)
    assert got["taken_back"] == {"refused": 1, "waiting": 2}
    assert any(f"({DISTRICT}) không nhận 1 thay đổi" in line for line in seen)

    because = "không được nhận: trẻ hoặc hộ đã chuyển khỏi đơn vị gửi"
    listed = {one["operation"]: one for one in commune.must("waiting", "list")}
    one = listed[late.document["operation"]]
    assert (one["state"], one["reason"]) == ("refused", "refused-above")
    assert (one["refused_by"], one["refused_for"]) == (DISTRICT, "moved-away")
    assert one["message"].startswith(because)
    assert DISTRICT in one["message"]
    assert sum(because in line for line in commune.told("waiting", "list")) == 1
    assert sum(because in line for line in commune.told("register", "show", child)) == 1
    assert sum(because in line for line in commune.told("register", "history", child)) == 1
    history = {one["operation"]: one for one in commune.must("register", "history", child)}
    entry = history[late.document["operation"]]
    assert (entry["refused_above"], entry["refused_for"]) == (DISTRICT, "moved-away")

    # It is told once: the next bundle down names the same refusals and brings nothing new.
    _, again = three.homes.carry(district, commune, COMMUNE)
    assert (again["refused"], again["waiting"], again["changed"]) == (0, 0, 0)


def test_the_reason_of_a_refusal_comes_down_through_the_unit_between(three: Three) -> None:
    commune, district, province = three.commune, three.district, three.province
    type_child(commune, "1", "Đinh Thị Hoa")
    child = commune.must("register", "search", "dinh thi hoa")[0]["id"]
    three.homes.carry(commune, district, DISTRICT)
    three.homes.carry(district, province, PROVINCE)
    province.must("register", "set", child, f"owner_unit={FAR}")
    # Neither of them has heard of it yet.
    late = commune.must("register", "set", child, "other_name=Hoa")["operation"]
    three.homes.carry(commune, district, DISTRICT)
    _, got = three.homes.carry(district, province, PROVINCE)
    assert got["refused"] == 1
    _, got = three.homes.carry(province, district, DISTRICT)
    assert got["taken_back"] == {"refused": 1, "waiting": 0}
    _, got = three.homes.carry(district, commune, COMMUNE)
    assert got["taken_back"] == {"refused": 1, "waiting": 0}
    (one,) = (one for one in commune.must("waiting", "list") if one["operation"] == late)
    assert (one["refused_by"], one["refused_for"]) == (DISTRICT, "moved-away")


def test_what_the_district_received_is_taken_back_until_it_sent_it_on(three: Three) -> None:
    homes, commune, district, province = three.homes, three.commune, three.district, three.province
    type_child(commune, "41", "Đinh Thị Rê")
    _, got = homes.carry(commune, district, DISTRICT)
    seen = district.must("handover", "undo", got["handover"], "--preview")
    assert (seen["households_gone"], seen["children_gone"]) == (1, 1)
    assert seen["in_the_way"] is None
    assert len(district.must("register", "search", "Đinh Thị Rê")) == 1
    bare = district("handover", "undo", got["handover"])
    assert (bare.code, bare.document["error"]) == (1, "undo.no_reason")
    district.must("handover", "undo", got["handover"], "--reason", "Giao nhầm tệp")
    assert district.must("register", "search", "Đinh Thị Rê") == []
    assert {one["state"] for one in district.must("waiting", "list")} == {"set_aside"}
    (line,) = [o for o in district.must("handover", "list") if o["id"] == got["handover"]]
    assert line["undone"]["why"] == "Giao nhầm tệp"

    # What goes on to the province does not hold it, and the commune keeps its work.
    homes.carry(district, province, PROVINCE)
    assert province.must("register", "search", "Đinh Thị Rê") == []
    homes.carry(district, commune, COMMUNE)
    assert len(commune.must("register", "search", "Đinh Thị Rê")) == 1

    done = district.must("handover", "release", got["handover"])
    assert done["asked"] == done["accepted"] == seen["operations"]
    assert len(district.must("register", "search", "Đinh Thị Rê")) == 1
    homes.carry(district, province, PROVINCE)
    assert len(province.must("register", "search", "Đinh Thị Rê")) == 1
    late = district("handover", "undo", got["handover"], "--reason", "Giao nhầm tệp")
    assert (late.code, late.document["error"]) == (1, "undo.sent")
    preview = district("handover", "undo", got["handover"], "--preview")
    assert (preview.code, preview.document["in_the_way"]["unit"]) == (4, PROVINCE)
    # What came from above is no other's to take back.
    _, down = homes.carry(district, commune, COMMUNE)
    back = commune("handover", "undo", down["handover"], "--reason", "Thử")
    assert (back.code, back.document["error"]) == (1, "undo.from_above")
