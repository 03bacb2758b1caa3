"""Who may do what: one table, the same in the program and in its documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.services.rights import ALL_RIGHTS, RIGHTS_OF, Right, Role, allows, bounded, pack, unpack

ROOT = Path(__file__).resolve().parents[3]
#: The columns of the table in ARCHITECTURE.md.
COLUMNS: tuple[tuple[Right, ...], ...] = (
    (Right.READ,),
    (Right.ENTER, Right.EXPORT),
    (Right.REVEAL,),
    (Right.CHECK,),
    (Right.HANDOVER,),
    (Right.PRINT,),
    (Right.KEYS,),
    (Right.ADMIN,),
    (Right.AUDIT,),
)


def test_the_documented_table_is_the_one_in_force() -> None:
    page = (ROOT / "app" / "ARCHITECTURE.md").read_text(encoding="utf-8")
    table = page.partition("## Who may do what")[2]
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("| ")][1:]
    said = {
        row[0].split()[0]: frozenset(
            right
            for cell, rights in zip(row[1:], COLUMNS, strict=True)
            if cell.strip()
            for right in rights
        )
        for row in rows
    }
    assert said == {role.value: rights for role, rights in RIGHTS_OF.items()}
    assert {*RIGHTS_OF} == {*Role}


@pytest.mark.parametrize("role", [Role.SIGNER, Role.AUDITOR, Role.KEYS, Role.ADMIN])
def test_who_only_signs_keeps_keys_or_audits_reads_nobody(role: Role) -> None:
    assert not allows(RIGHTS_OF[role], Right.READ)


def test_only_the_named_role_and_the_head_look_behind_the_mask() -> None:
    assert {role for role in Role if allows(RIGHTS_OF[role], Right.REVEAL)} == {
        Role.PROTECTION,
        Role.HEAD,
    }


def test_an_account_older_than_a_right_has_what_its_work_needs() -> None:
    assert allows(unpack("enter"), Right.READ)
    assert allows(unpack("admin"), Right.AUDIT)
    assert not allows(unpack("handover print keys admin"), Right.READ)
    assert not allows(unpack("audit"), Right.ADMIN)
    assert unpack("fly enter") == {Right.ENTER}
    assert unpack(pack(ALL_RIGHTS)) == ALL_RIGHTS


def test_no_account_may_more_than_its_certificate() -> None:
    assert bounded(ALL_RIGHTS, "signer") == RIGHTS_OF[Role.SIGNER]
    assert bounded(frozenset((Right.KEYS,)), "clerk") == frozenset()
    assert bounded(RIGHTS_OF[Role.CLERK], "protection") == RIGHTS_OF[Role.CLERK]
    for other in (None, "commune", "district", "province"):
        assert bounded(ALL_RIGHTS, other) == ALL_RIGHTS
