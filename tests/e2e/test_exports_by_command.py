"""The register out of the program at the prompt: entry workbook there and back, national export."""

from __future__ import annotations

import json
from typing import Any

import openpyxl

from tests.e2e.command_line import COMMUNE, PROVINCE, Homes

_TITLES: dict[str, Any] = {
    "Họ và tên trẻ *": "Đinh Thị Mai",
    "Ngày, tháng, năm sinh *": "05/06/2020",
    "Giới tính *": "Nữ",
    "Số hộ / Hộ số *": "7",
    "Số thứ tự trong hộ *": 1,
    "Thôn/Ấp/Khóm/Bản/Làng/Buôn/Tổ dân phố *": "Thôn 2",
}


def test_a_child_typed_in_an_entry_workbook_is_accepted_above_and_exported(
    enrolled_pair: Homes,
) -> None:
    commune, province = enrolled_pair.at(COMMUNE), enrolled_pair.at(PROVINCE)
    empty = commune.beside("nhap.xlsx")
    told = commune.must("register", "entry-workbook", "--out", empty)
    assert told["columns"] > 70
    book = openpyxl.load_workbook(empty)
    sheet = book.worksheets[0]
    titles = {cell.value: cell.col_idx for cell in sheet[2]}
    for title, value in _TITLES.items():
        sheet.cell(3, titles[title]).value = value
    book.save(empty)
    assert commune.must("register", "import", empty, codes=(0, 4))["created"] == 1
    out = province.beside("quoc-gia.xlsx")
    sent, _got = enrolled_pair.carry(commune, province, PROVINCE)
    refused = province("register", "export-national", out)
    assert (refused.code, refused.document["error"]) == (1, "export.nothing_accepted")
    province.must("handover", "accept", sent["handover"])
    done = province.must("register", "export-national", out)
    assert (done["children"], done["not_accepted"]) == (1, 0)
    found = openpyxl.load_workbook(out)["Trẻ em"]
    head = [cell.value for cell in found[1]]
    assert found.cell(2, head.index("Họ và tên trẻ") + 1).value == "Đinh Thị Mai"
    # The commune knows once the province's word came down.
    own = commune.beside("quoc-gia.xlsx")
    assert commune("register", "export-national", own).code == 1
    enrolled_pair.carry(province, commune, COMMUNE)
    assert commune.must("register", "export-national", own)["children"] == 1


def test_the_shipped_mapping_is_printed_edited_and_used(enrolled_pair: Homes) -> None:
    province = enrolled_pair.at(PROVINCE)
    mapping = province.must("register", "national-mapping")
    assert "không phải mẫu của Bộ" in mapping["about"]
    mapping["sheets"][0]["columns"][0]["source"] = "child.nobody"
    file = province.beside("mau.json")
    file.write_text(json.dumps(mapping), encoding="utf-8")
    out = province.beside("a.xlsx")
    refused = province("register", "export-national", out, "--mapping", file)
    assert (refused.code, refused.document["error"]) == (1, "export.map_unknown_field")
    assert "child.nobody" in refused.document["message"]
    assert not out.exists()
