"""Build `units-2024.csv`, `units-2025.csv` and `unit_successors.csv` from public data.

Usage: python build_units.py vietnamadminunits-1.0.4-py3-none-any.whl

Reads the data files inside the wheel of the MIT-licensed package `vietnamadminunits` (a wheel is a
zip file) and writes the three files beside this script. It is run by hand when the lists change;
the program itself reads only the CSV files. It invents no unit and resolves no split: what the
source does not say stays unsaid. See README.md for what is known about the source.
"""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
import tempfile
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

HERE = Path(__file__).resolve().parent
DATA = "vietnamadminunits/data/"

#: Vietnamese word before the name -> kind code (labels in unit_kinds.csv), by tier.
PROVINCE_KINDS = {"Tỉnh": "province", "Thành phố": "municipality"}
DISTRICT_KINDS = {
    "Huyện": "rural_district",
    "Quận": "urban_district",
    "Thị xã": "town",
    "Thành phố": "city",
}
COMMUNE_KINDS = {
    "Xã": "commune",
    "Phường": "ward",
    "Thị trấn": "township",
    "Đặc khu": "special_zone",
}

UnitRow = tuple[str, str, str, str]
SuccessorRow = tuple[str, str, str]


def split_name(full: str, kinds: dict[str, str]) -> tuple[str, str]:
    """The name without its kind, and the kind: "Thị Xã Buôn Hồ" gives ("Buôn Hồ", "town").

    The source's own type columns disagree with its full names in five rows; the full name wins.
    """
    for word, kind in kinds.items():
        if full.casefold().startswith(word.casefold() + " "):
            return full[len(word) + 1 :].strip(), kind
    raise SystemExit(f"no kind known for {full!r}")


def read_source(wheel: Path) -> tuple[list[sqlite3.Row], list[sqlite3.Row], dict[str, dict]]:
    """The rows before and since 1 July 2025 and the conversion map."""
    with zipfile.ZipFile(wheel) as archive, tempfile.TemporaryDirectory() as folder:
        database = Path(archive.extract(DATA + "dataset.db", folder))
        conversion = json.loads(archive.read(DATA + "converter_2025.json"))
        connection = sqlite3.connect(database)
        connection.row_factory = sqlite3.Row
        old = connection.execute("SELECT * FROM admin_units_legacy").fetchall()
        new = connection.execute("SELECT * FROM admin_units").fetchall()
        connection.close()
    return old, new, conversion


def tree(rows: Iterable[sqlite3.Row], *, districts: bool) -> list[UnitRow]:
    """`code, name, kind, parent` of every unit that stands in the rows, by tier, then code."""
    units: dict[str, UnitRow] = {}
    for row in rows:
        province = row["provinceCode"]
        units[province] = (province, *split_name(row["province"], PROVINCE_KINDS), "")
        parent = province
        if districts:
            parent = row["districtCode"]
            units[parent] = (parent, *split_name(row["district"], DISTRICT_KINDS), province)
        if row["wardCode"]:  # five island districts had no communes
            code = row["wardCode"]
            if code in units:
                raise SystemExit(f"code {code} stands twice")
            units[code] = (code, *split_name(row["ward"], COMMUNE_KINDS), parent)
    return sorted(units.values(), key=lambda unit: (len(unit[0]), unit[0]))


def successors(
    old: list[sqlite3.Row], new: list[sqlite3.Row], conversion: dict[str, dict]
) -> list[SuccessorRow]:
    """`old, new, share`: share is whole, part, doubtful or abolished (see README.md)."""
    old_code: dict[str, str] = {}
    for row in old:
        key = f"{row['provinceKey']}_{row['districtKey']}_{row['wardKey'] or ''}"
        old_code[key] = row["wardCode"] or row["districtCode"]
    new_code = {(row["provinceKey"], row["wardKey"]): row["wardCode"] for row in new}

    whole: dict[str, str] = {}
    for province, wards in conversion["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, keys in wards.items():
            for key in keys:
                if (
                    whole.setdefault(old_code[key], new_code[province, ward])
                    != (new_code[province, ward])
                ):
                    raise SystemExit(f"{key} goes whole into two units")
    parts: dict[str, list[str]] = defaultdict(list)
    for province, olds in conversion["DICT_PROVINCE_WARD_DIVIDED"].items():
        for key, wards in olds.items():
            parts[old_code[key]] += [new_code[province, ward["newWardKey"]] for ward in wards]

    found = [(f"{a}@2024", f"{b}@2025", "whole") for a, b in whole.items()]
    found += split_rows(old, whole, parts)
    found += [
        (f"{code}@2024", "", "abolished")
        for code in {row["districtCode"] for row in old} - whole.keys()
    ]
    old_province = {row["provinceKey"]: row["provinceCode"] for row in old}
    new_province = {row["provinceKey"]: row["provinceCode"] for row in new}
    found += [
        (f"{old_province[key]}@2024", f"{new_province[province]}@2025", "whole")
        for province, keys in conversion["DICT_PROVINCE"].items()
        for key in keys
    ]
    return sorted(found, key=lambda row: (len(row[0]), row))


def split_rows(
    old: list[sqlite3.Row], whole: dict[str, str], parts: dict[str, list[str]]
) -> list[SuccessorRow]:
    """Rows of the communes that went to several units.

    The source matched commune names within a province, so that a "Phường 3" of one town is also
    given to a new unit that took the "Phường 3" of another. Such a target is marked doubtful: it
    took a namesake from another district, and nothing else from this commune's district. The
    commune is still treated as split, because guessing is worse than asking.
    """
    by_code = {row["wardCode"] or row["districtCode"]: row for row in old}
    members: dict[str, list[sqlite3.Row]] = defaultdict(list)
    for code, target in whole.items():
        members[target].append(by_code[code])
    for code, targets in parts.items():
        for target in targets:
            members[target].append(by_code[code])
    found = []
    for code, targets in parts.items():
        row = by_code[code]
        for target in targets:
            others = [member for member in members[target] if member["wardCode"] != code]
            namesake = any(member["ward"] == row["ward"] for member in others)
            neighbour = any(member["districtCode"] == row["districtCode"] for member in others)
            share = "doubtful" if namesake and not neighbour else "part"
            found.append((f"{code}@2024", f"{target}@2025", share))
    return found


def write(path: Path, header: str, rows: Iterable[tuple[str, ...]]) -> None:
    """One CSV file: UTF-8, LF, no quotes unless needed."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header.split(","))
        out.writerows(rows)


def main(arguments: list[str]) -> None:
    if len(arguments) != 1:
        raise SystemExit(__doc__)
    old, new, conversion = read_source(Path(arguments[0]))
    before, since = tree(old, districts=True), tree(new, districts=False)
    moves = successors(old, new, conversion)
    write(HERE / "units-2024.csv", "code,name,kind,parent", before)
    write(HERE / "units-2025.csv", "code,name,kind,parent", since)
    write(HERE / "unit_successors.csv", "old,new,share", moves)
    for name, units in (("2024", before), ("2025", since)):
        print(name, dict(Counter(len(unit[0]) for unit in units)), Counter(u[2] for u in units))
    print("successors", Counter((len(row[0]) - 5, row[2]) for row in moves))
    print("split", len({row[0] for row in moves if row[2] in {"part", "doubtful"}}))
    print("with a doubtful target", len({row[0] for row in moves if row[2] == "doubtful"}))


if __name__ == "__main__":
    main(sys.argv[1:])
