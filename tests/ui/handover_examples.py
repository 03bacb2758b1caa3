"""Invented handovers: two units, two people, one file."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from app.reports.disclosure import GroupCount
from app.reports.handover_facts import (
    Contents,
    HandedFile,
    HandoverFacts,
    Party,
    Person,
    Received,
    UnitLine,
    VillageLine,
)

GIVER = Party(
    name="Ủy ban nhân dân xã Bình Thử, huyện Sơn Mẫu, tỉnh Quảng Thí",
    body="Ủy ban nhân dân xã Bình Thử",
    symbol="UBND",
    governing_body="Ủy ban nhân dân huyện Sơn Mẫu",
    place="Bình Thử",
    people=(Person("Nguyễn Thị Thử", "Công chức Văn hóa - Xã hội"),),
)
RECEIVER = Party(
    name="Phòng Lao động - Thương binh và Xã hội huyện Sơn Mẫu, tỉnh Quảng Thí",
    body="Phòng Lao động - Thương binh và Xã hội",
    symbol="PLĐTBXH",
    governing_body="Ủy ban nhân dân huyện Sơn Mẫu",
    place="Sơn Mẫu",
    people=(Person("Trần Quốc Mẫu", "Phó Trưởng phòng"),),
)
FILE = HandedFile(
    name="21010-2024_den-530-2024_012.tevn",
    size=1_234_567,
    sha256=hashlib.sha256(b"an invented bundle").hexdigest(),
    number=12,
    signer_certificate_sha256=hashlib.sha256(b"an invented certificate").hexdigest(),
    app_version="0.1.0",
)
GROUPS = (
    GroupCount("C01", "Trẻ em mồ côi cả cha và mẹ", 12),
    GroupCount("C04", "Trẻ em khuyết tật", 31),
    GroupCount("C05", "Trẻ em nhiễm HIV/AIDS", 7),
    GroupCount("C08", "Trẻ em phải bỏ học kiếm sống", 3),
    GroupCount("R07", "Trẻ em mồ côi cha hoặc mồ côi mẹ", 41),
    GroupCount("K01", "Trẻ em bị bắt cóc, chiếm đoạt, đánh tráo", 6),
    GroupCount("K02", "Trẻ em bị tai nạn thương tích", 11),
)
PLAN = (
    "Căn cứ Kế hoạch số 103/KH-UBND ngày 16 tháng 7 năm 2018 của Ủy ban nhân dân tỉnh Quảng Thí "
    "về việc điều tra, khảo sát thu thập thông tin về trẻ em, giai đoạn 2018-2020"
)


def facts(rows: int = 8, **changes: Any) -> HandoverFacts:
    """A complete record of `rows` villages; any fact may be changed."""
    lines = tuple(
        VillageLine(f"Thôn Phước Thử {n}", 1, 40 + n % 17, 90 + n % 23) for n in range(1, rows + 1)
    )
    children = sum(line.children for line in lines)
    whole = HandoverFacts(
        giver=GIVER,
        receiver=RECEIVER,
        unit="xã Bình Thử, huyện Sơn Mẫu, tỉnh Quảng Thí",
        round_title="Đợt rà soát Quý IV năm 2026",
        file=FILE,
        books=rows,
        households=sum(line.households for line in lines),
        children=children,
        girls=children // 2,
        incomplete=23,
        errors=5,
        warnings=117,
        villages=lines,
        groups=GROUPS,
        special_children=44,
        at_risk_children=41,
        other_children=11,
        plan=PLAN,
        venue="trụ sở Ủy ban nhân dân huyện Sơn Mẫu",
        dated=date(2027, 1, 5),
        started=datetime(2027, 1, 5, 8, 30),  # noqa: DTZ001 (local time of the paper)
        ended=datetime(2027, 1, 5, 9, 5),  # noqa: DTZ001
        period_start=date(2026, 10, 1),
        period_end=date(2026, 12, 31),
        reference_date=date(2026, 12, 31),
        device_label="USB số 02",
    )
    return replace(whole, **changes)


def several_units() -> HandoverFacts:
    """A record of two communes, each with villages of its own; the receiver counts otherwise."""
    whole = facts(6)
    lines = tuple(replace(one, unit="ab"[n % 2]) for n, one in enumerate(whole.villages))
    units = tuple(
        UnitLine(
            unit,
            f"xã Bình Thử {unit.upper()}",
            3,
            sum(one.households for one in lines if one.unit == unit),
            sum(one.children for one in lines if one.unit == unit),
            9,
        )
        for unit in "ab"
    )
    got = Received(whole.households, whole.children - 1, whole.girls, 24, 2, 1)
    held = Contents(917, whole.households, whole.children)
    return replace(whole, villages=lines, units=units, received=got, contents=held)


def blank_facts() -> HandoverFacts:
    """A record of which only the file is known: everything else is written by hand."""
    return facts(
        villages=(),
        groups=(),
        giver=Party(GIVER.name, GIVER.body, GIVER.symbol),
        receiver=Party(RECEIVER.name, RECEIVER.body, RECEIVER.symbol),
        plan="",
        venue="",
        dated=None,
        started=None,
        ended=None,
        period_start=None,
        period_end=None,
        reference_date=None,
        device_label="",
    )
