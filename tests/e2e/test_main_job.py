"""The main job on real input: the sample register through three tiers, and through two."""

from __future__ import annotations

import csv
import gzip
import subprocess
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.forms.age import is_under_16
from app.forms.units import Tier, load_units
from tests.dumps import dump_home
from tests.e2e.command_line import PASSPHRASE, Homes, Prompt
from tests.long_runs import slice_or_all
from tests.missing import need_programs

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "tests" / "samples" / "register-12k.csv.gz"
MAP = ROOT / "resources" / "import_maps" / "register-sample.json"
#: Communes of two districts of Quảng Ngãi (codes before July 2025).
_FIRST, _SECOND = ("21208@2024", "21256@2024"), ("21064@2024", "21049@2024")
OLD_COMMUNES = {"522@2024": _FIRST, "524@2024": slice_or_all(_SECOND[:1], _SECOND)}
#: How many of the communes they became hand over without a district between.
NEW_COMMUNES = slice_or_all(2, 4)


ROUND = "Đợt II"
#: What the sample leaves open, as a clerk would fill it in.
HOUSEHOLD_DONE = {
    "enumerator_name": "Đinh Văn Rin",
    "survey_round": ROUND,
    "residence_status": "1",
    "poverty_status": "0",
}
CHILD_DONE = {
    "father_status": "ALIVE_HOME",
    "mother_status": "ALIVE_HOME",
    "care_arrangement": "PARENTS",
    "line_no": "1",
    "ethnicity": "01",
    "nationality": "VN",
    "relation_to_head": "child_by_birth",
    "birth_registered": "1",
    "residence_status": "1",
    "has_bhyt": "2",
    "schooling_status": "1",
    "education_level": "primary",
    "grade": "3",
    "monthly_allowance": "2",
    "circumstance_answer": "none",
}


@dataclass(frozen=True)
class Counted:
    """What the sample comes to, by the file alone. `rows`: grown-up people stand in it, too."""

    rows: int
    households: int
    children: int
    girls: int

    @property
    def records(self) -> int:
        return self.households + self.children


def today() -> date:
    return datetime.now(tz=UTC).astimezone().date()


def rows_of(commune: str) -> list[dict[str, str]]:
    with gzip.open(SAMPLE, "rt", encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["commune"] == commune.partition("@")[0]]


def counted(*communes: str) -> Counted:
    rows = [row for commune in communes for row in rows_of(commune)]
    children = [row for row in rows if not row["dob"] or is_under_16(row["dob"], today())]
    girls = sum(row["sex"] == "F" for row in children)
    assert 0 < girls < len(children) < len(rows)
    return Counted(len(rows), len({row["hh_id"] for row in rows}), len(children), girls)


def import_sample(prompt: Prompt) -> dict[str, int]:
    document = prompt.must("register", "import", SAMPLE, "--columns", MAP, codes=(0, 4))
    return {name: document[name] for name in ("rows", "created", "changed", "unchanged")}


def exported(prompt: Prompt, folder: Path) -> list[dict[str, str]]:
    """Every child a home exports, with its household."""
    out = folder / "export.csv"
    out.unlink(missing_ok=True)
    prompt.must("register", "export", out, "--headers", "names")
    with out.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def ids_by_source(prompt: Prompt, folder: Path) -> list[str]:
    """The ids of every child a home exports."""
    return [row["child_uid"] for row in exported(prompt, folder)]


def open_round(province: Prompt) -> None:
    """A round that counts who is under 16 today, as the sample is counted here."""
    opens, closes = today() - timedelta(days=30), today() + timedelta(days=30)
    born_from = today().replace(year=today().year - 16) + timedelta(days=1)
    province.must(
        *("round", "new", ROUND, "--reference", today().isoformat()),
        *("--opens", opens.isoformat(), "--closes", closes.isoformat()),
        *("--born-from", born_from.isoformat()),
    )


def finish_some(prompt: Prompt, folder: Path) -> int:
    """Finish two households and a child, and declare a child done that is not; how many are."""
    faults: dict[str, set[str]] = {}
    for issue in prompt.must("check", codes=(0, 4)):
        if issue["severity"] == "error":
            faults.setdefault(issue["id"], set()).add(issue["field"])
    rows = exported(prompt, folder)
    households = sorted({row["household_uid"] for row in rows})[:2]
    for number, household in enumerate(households, 1):
        values = {
            **HOUSEHOLD_DONE,
            "survey_date": today().isoformat(),
            "household_no": str(900 + number),
        }
        assert set(values) >= faults[household]
        assert _declare(prompt, household, values) == 0
    young = [row["child_uid"] for row in rows if faults[row["child_uid"]] <= set(CHILD_DONE)]
    assert _declare(prompt, young[0], CHILD_DONE) == 0
    assert _declare(prompt, young[1], {}) == len(faults[young[1]])
    return len(households) + 1


def _declare(prompt: Prompt, record: str, values: dict[str, str]) -> int:
    """Declare a record complete; the errors it still has."""
    words = [f"{name}={value}" for name, value in values.items()]
    said = prompt.must("register", "set", record, *words, "complete=true", codes=(0, 4))
    return int(said["errors"])


def import_changes_nothing(prompt: Prompt, rows: int) -> None:
    before = dump_home(prompt.home, PASSPHRASE)
    again = import_sample(prompt)
    assert again == {"rows": rows, "created": 0, "changed": 0, "unchanged": rows}
    assert dump_home(prompt.home, PASSPHRASE) == before


def hand_over(homes: Homes, giver: Prompt, receiver: Prompt, to: str) -> tuple[Any, Any]:
    """`Homes.carry`, with a look at the file on the way: what was sent and what it holds."""
    sent = giver.must("handover", "send", "--to", to, "--out", homes.stick)
    seen = receiver.must("handover", "inspect", sent["file"])
    (got,) = receiver.must("handover", "receive", sent["file"], codes=(0, 4))
    assert (got["status"], got["refused"], got["waiting"]) == ("imported", 0, 0), got
    return sent, seen


def says(sent: Any, counts: Counted, finished: int) -> None:
    """What was sent is what the sample holds, and says how much of it is not finished."""
    assert (sent["households"], sent["children"]) == (counts.households, counts.rows)
    (unit,) = sent["units"]
    assert (unit["households"], unit["children"]) == (counts.households, counts.children)
    assert unit["girls"] == counts.girls
    assert sent["incomplete"] == unit["incomplete"] == counts.records - finished


def receipts_say(
    prompt: Prompt, unit: str, tiers: Sequence[str], counts: Counted, finished: int
) -> str:
    """The first handover of a unit and what came back for it; its id."""
    register = prompt.must("handover", "list")
    first: dict[str, Any] = next(entry for entry in register if entry["giver"] == unit)
    stated = {
        "households": counts.households,
        "children": counts.children,
        "incomplete": counts.records - finished,
    }
    assert {name: first[name] for name in stated} == stated
    assert [one["tier"] for one in first["receipts"]] == list(tiers)
    for receipt in first["receipts"]:
        assert {name: receipt[name] for name in stated} == stated
    return str(first["id"])


def record_says(
    prompt: Prompt, folder: Path, handover: str, seen: Any, counts: Counted, finished: int
) -> None:
    """The printed record, in both copies: what is held, what is unfinished, what the file is."""
    need_programs("pdftotext")
    pdf = folder / "record.pdf"
    pdf.unlink(missing_ok=True)
    prompt.must("handover", "record", handover, "--out", pdf)
    done = subprocess.run(
        ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True, text=True
    )
    text = " ".join(done.stdout.split())
    for said in (
        f"Tổng số hồ sơ: {_dotted(counts.records)} hồ sơ, gồm {_dotted(counts.households)} hộ gia"
        f" đình và {_dotted(counts.children)} trẻ em (trong đó có {_dotted(counts.girls)} trẻ em"
        " nữ).",
        f"Hồ sơ chưa xong: {_dotted(counts.records - finished)} hồ sơ;",
        f"Nội dung tệp: {_dotted(seen['ops'])} thay đổi (kể cả thay đổi bên nhận có thể đã có) ở"
        f" {_dotted(seen['households'])} hộ, {_dotted(seen['children'])} trẻ em",
        f"Dung lượng: {_dotted(seen['bytes'])} byte",
        f"Vân tay chứng thư số của bên giao: {seen['certificate']}",
    ):
        assert text.count(said) == 2, said
    groups = [seen["sha256"][at : at + 4] for at in range(0, 64, 4)]
    assert text.count(" ".join(groups)) == 2


def _dotted(number: int) -> str:
    return f"{number:,}".replace(",", ".")


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Homes:
    return Homes(tmp_path, monkeypatch)


def test_the_sample_goes_up_three_tiers_and_a_correction_comes_back(homes: Homes) -> None:
    province = homes.init("51@2024")
    root = province.must("authority", "init")["root_fingerprint"]
    districts = {ref: homes.init(ref) for ref in OLD_COMMUNES}
    communes = {ref: homes.init(ref) for refs in OLD_COMMUNES.values() for ref in refs}
    for district, prompt in districts.items():
        homes.enrol(province, prompt, root)
        for ref in OLD_COMMUNES[district]:
            homes.enrol(prompt, communes[ref], root)
    _bring_the_round_down(homes, province, districts, communes)

    expected = {ref: counted(ref) for ref in communes}
    finished = dict.fromkeys(communes, 0)
    for ref, prompt in communes.items():
        found = import_sample(prompt)
        assert found["rows"] == found["created"] == expected[ref].rows
        issues = prompt.must("check", codes=(0, 4))
        assert Counter(issue["severity"] for issue in issues)["error"] > 0  # incomplete by design
    for refs in OLD_COMMUNES.values():
        finished[refs[0]] = finish_some(communes[refs[0]], homes.folder)

    files = {}
    for district, prompt in districts.items():
        for ref in OLD_COMMUNES[district]:
            sent, files[ref] = hand_over(homes, communes[ref], prompt, district)
            says(sent, expected[ref], finished[ref])
        sent, _ = hand_over(homes, prompt, province, "51@2024")
        assert sent["children"] == sum(expected[ref].rows for ref in OLD_COMMUNES[district])
        assert sent["incomplete"] == sum(
            expected[ref].records - finished[ref] for ref in OLD_COMMUNES[district]
        )

    held = ids_by_source(province, homes.folder)
    assert len(held) == len(set(held)) == sum(one.rows for one in expected.values())

    _correct_and_bring_down(homes, province, districts["522@2024"], communes["21208@2024"])

    for ref, prompt in communes.items():
        import_changes_nothing(prompt, expected[ref].rows)

    homes.carry(province, districts["522@2024"], "522@2024")
    for ref in OLD_COMMUNES["522@2024"]:
        homes.carry(districts["522@2024"], communes[ref], ref)
        told = (expected[ref], finished[ref])
        first = receipts_say(communes[ref], ref, ("district", "province"), *told)
        record_says(communes[ref], homes.folder, first, files[ref], *told)


def _bring_the_round_down(
    homes: Homes, province: Prompt, districts: dict[str, Prompt], communes: dict[str, Prompt]
) -> None:
    open_round(province)
    for ref, prompt in districts.items():
        homes.carry(province, prompt, ref)
        homes.carry(prompt, communes[OLD_COMMUNES[ref][0]], OLD_COMMUNES[ref][0])


def _correct_and_bring_down(
    homes: Homes, province: Prompt, district: Prompt, commune: Prompt
) -> None:
    child = ids_by_source(commune, homes.folder)[-1]
    province.must("register", "set", child, "full_name=Trần Thị Sửa")
    homes.carry(province, district, "522@2024")
    homes.carry(district, commune, "21208@2024")
    shown = commune.must("register", "show", child)
    assert shown["values"]["full_name"] == "Trần Thị Sửa"
    history = commune.must("register", "history", child)
    assert [entry["by"] for entry in history] == ["21208@2024", "51@2024"]


def test_the_sample_goes_up_two_tiers_under_the_units_since_july_2025(homes: Homes) -> None:
    units = load_units()
    old = [*_FIRST, *_SECOND]
    new = sorted({one.ref for ref in old if (one := units.whole_successor(ref)) is not None})
    assert all(units.tier(ref) is Tier.COMMUNE for ref in new)
    assert len(new) == 4
    new = new[:NEW_COMMUNES]
    province = homes.init("51@2025")
    root = province.must("authority", "init")["root_fingerprint"]
    open_round(province)
    communes = {ref: homes.init(ref) for ref in new}
    expected, finished, files = {}, dict.fromkeys(new, 0), {}
    for ref, prompt in communes.items():
        homes.enrol(province, prompt, root)
        below = [one for one in units if units.covers([ref], one.ref)]
        expected[ref] = counted(*(one.ref for one in below if one.edition == "2024"))
        assert import_sample(prompt)["created"] == expected[ref].rows
        if ref == new[0]:
            homes.carry(province, prompt, ref)
            finished[ref] = finish_some(prompt, homes.folder)
        sent, files[ref] = hand_over(homes, prompt, province, "51@2025")
        says(sent, expected[ref], finished[ref])
    held = ids_by_source(province, homes.folder)
    assert len(held) == len(set(held)) == sum(one.rows for one in expected.values())

    commune = communes[new[0]]
    child = ids_by_source(commune, homes.folder)[-1]
    province.must("register", "set", child, "full_name=Trần Thị Sửa")
    for ref, prompt in communes.items():
        homes.carry(province, prompt, ref)
        told = (expected[ref], finished[ref])
        first = receipts_say(prompt, ref, ("province",), *told)
        record_says(prompt, homes.folder, first, files[ref], *told)
        import_changes_nothing(prompt, expected[ref].rows)
    assert commune.must("register", "show", child)["values"]["full_name"] == "Trần Thị Sửa"
