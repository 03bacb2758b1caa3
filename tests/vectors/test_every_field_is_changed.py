"""The tables of variants leave nothing out: every field of the format is changed by one of them.

What there is to change comes from the schemas of the program, so a new field fails here until
somebody has put it to an insider's use.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

from cryptography.x509 import ObjectIdentifier
from msgspec import Struct, structs

from app.crypto import certificate
from app.crypto.certificate import ChainFailure, parse_certificate
from app.crypto.revocation import parse_crl
from app.history import operation
from app.history.operation import make_operation
from app.models.lines import SignedManifest
from app.sync import payload
from app.sync.manifest import Manifest, header_line, parse_manifest
from app.sync.refusal import BundleRefused
from app.sync.stated import StatedPlace, _Sealed
from tests.forged_bundles import invented_operation
from tests.insiders.certificates import AKI, BC, GRANTED, ISSUED, KU, SKI, TABLES
from tests.insiders.changes import UUID, F, ack, put
from tests.insiders.claims import CLAIMS, LINE_CLAIMS, STATED_CLAIMS, Truth
from tests.insiders.control import HONEST, LINES
from tests.insiders.issuing import Change, extensions_of, signed_again
from tests.insiders.operation import OPERATION
from tests.invented_province import SIBLING
from tests.properties.fleet import COMMUNE_A
from tests.properties.insider import variants
from tests.vectors.test_bundle_insiders import ALL

#: One value is well-formed: there is no lie to tell with these.
CONSTANT = {"format", "v", "min_reader", "payload.comp"}


def fields_of(schema: type[Struct], above: str = "") -> Iterator[str]:
    """Every leaf of a schema by its path in JSON; the items of a list share one path."""
    for one in structs.fields(schema):
        inner = [kind for kind in (one.type, *get_args(one.type)) if _is_schema(kind)]
        path = above + one.encode_name
        if inner:
            yield from fields_of(inner[0], path + ".")
        else:
            yield path


def _is_schema(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Struct)


def leaves(value: Any, path: str, known: set[str]) -> Iterator[tuple[str, Any]]:
    if path in known:
        yield path, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else name, known)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path, known)


def changed(before: Any, after: Any, known: set[str]) -> set[str]:
    """The fields whose values differ; an item more or fewer in a list changes none of them."""

    def by_path(claims: Any) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {path: [] for path in known}
        for path, value in leaves(claims, "", known):
            found[path].append(value)
        return found

    one, other = by_path(before), by_path(after)
    return {path for path in known if _differ(one[path], other[path])}


def _differ(before: list[Any], after: list[Any]) -> bool:
    """By the items that both have, or because none is left."""
    both = min(len(before), len(after))
    return before[:both] != after[:both] if after else bool(before)


class Spy:
    """Notes what a change makes of the manifest or the header line while a bundle is forged."""

    def __init__(self, change: Any) -> None:
        self._change = change
        self.before: Any = None
        self.after: Any = None

    def __call__(self, claims: dict[str, Any]) -> None:
        if "acks" in claims:
            claims["acks"] = [ack()]
        self.before = json.loads(json.dumps(claims))
        self._change(claims)
        self.after = json.loads(json.dumps(claims))


def told(folder: Path, stage: str, changes: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """(before, after) of each change at a stage of the forging."""
    for change in changes:
        spy = Spy(change[stage])
        F.forge(folder, **{**change, stage: spy})
        yield spy.before, spy.after


def _changes(stage: str) -> list[dict[str, Any]]:
    return [change for change, _, _ in ALL.values() if stage in change]


def is_well_formed(claims: Any) -> bool:
    try:
        parse_manifest(json.dumps(claims).encode(), "")
    except BundleRefused:
        return False
    return True


def test_every_field_of_the_manifest_is_changed_and_lied_about(tmp_path: Path) -> None:
    known = set(fields_of(Manifest))
    assert {"sender.replica", "recipients.role", "log.from", "acks.sender", "crls"} <= known
    claims = [{"manifest": claim(ack())} for claim in CLAIMS.values()]
    touched: set[str] = set()
    lied: set[str] = set()
    for before, after in told(tmp_path, "manifest", [*_changes("manifest"), *claims]):
        found = changed(before, after, known)
        touched |= found
        if is_well_formed(after):
            lied |= found
    assert known - touched == set()
    assert known - lied == CONSTANT


def test_every_field_of_the_header_line_is_changed(tmp_path: Path) -> None:
    with F.open(F.forge(tmp_path)) as bundle:
        line = json.loads(header_line(bundle.manifest))
    known = {path for path in fields_of(Manifest) if path.partition(".")[0] in line}
    assert set(line) == {"t", *(path.partition(".")[0] for path in known)}
    touched: set[str] = set()
    for before, after in told(tmp_path, "header", _changes("header")):
        touched |= changed(before, after, known)
    assert touched == known


def _with_named_places(said: Any) -> Any:
    """A line of the annex is an array; its members are named here as the schema names them."""
    names = [one.name for one in structs.fields(StatedPlace)]
    for unit in said.get("units") or ():
        unit["places"] = [dict(zip(names, one, strict=False)) for one in unit["places"]]
    return said


def test_every_field_of_what_is_stated_is_changed_and_lied_about(tmp_path: Path) -> None:
    known = set(fields_of(_Sealed))
    assert {"units.places.children", "units.girls", "giver.title", "payload", "v"} <= known
    claims = [{"stated": claim} for claim in STATED_CLAIMS.values()]
    lies, changes = len(claims), _changes("stated")
    found = [
        changed(_with_named_places(before), _with_named_places(after), known)
        for before, after in told(tmp_path, "stated", [*claims, *changes])
    ]
    assert known - set().union(*found) == set()
    # One version is read, and a statement is of one payload.
    assert known - set().union(*found[:lies]) == {"v", "payload"}


def members_of_lines() -> dict[str, set[str]]:
    """The members of each kind of line by the expressions that the program reads them with."""
    found = {}
    for name, pattern in vars(payload).items():
        if isinstance(pattern, re.Pattern):
            members = re.findall(rb'"([a-z]+)":', pattern.pattern)
            (kind,) = re.findall(rb'"t":"([a-z]+)"', pattern.pattern)
            assert pattern.fullmatch(HONEST[kind.decode()]), name
            found[kind.decode()] = {one.decode() for one in members}
    starts = {json.loads(one[:-1] + b"}")["t"] for one in (*payload._ORDER, payload._END_START)}
    assert found.keys() == starts == HONEST.keys()
    return found


def _of_line(kind: str, line: bytes) -> set[str]:
    """The members by which a line differs from the honest one, a foreign one among them."""
    honest, read = json.loads(HONEST[kind]), json.loads(line.replace(b":05", b":0"))
    return {
        one for one in honest.keys() | read.keys() if honest.get(one, line) != read.get(one, line)
    }


def test_every_member_of_the_other_lines_is_changed_and_lied_about() -> None:
    known = {(kind, one) for kind, members in members_of_lines().items() for one in members}
    assert {("fork", "signature"), ("left", "replica"), ("end", "audit")} <= known
    alone: set[tuple[str, str]] = set()
    for one in LINES.values():
        found = _of_line(one.kind, one.line)
        if len(found) == 1:
            alone.add((one.kind, *found))
    assert known - alone == set()
    lied = {(name.split()[0], name.split()[1]) for name in LINE_CLAIMS}
    # The kind is what it is, and the lines of a bundle are counted.
    constant = {(kind, "t") for kind in HONEST} | {("end", "lines")}
    assert known - lied == constant


def test_the_false_lines_say_what_their_names_say() -> None:
    sent = SignedManifest(b'{"seq":1,"v":1}', b"\x30\x00")
    one = invented_operation(1, F.sender)
    true = Truth(sent, one, reader=UUID, neighbour=F.sender.replica)
    assert true.later != sent.manifest
    honest = {
        "fork": true.fork(),
        "refused": true.refused(),
        "left": HONEST["left"],
        "end": HONEST["end"],
    }
    for name, claim in LINE_CLAIMS.items():
        kind, member, *_ = name.split()
        (line,) = [one for one in claim(true)["lines"]([b"h", b"e"]) if kind.encode() in one[:16]]
        if member in json.loads(line) and name != "left replica of the reader":
            assert json.loads(line)[member] != json.loads(honest[kind])[member], name


def _kinds_of_change(kind: str, change: Change) -> Iterator[tuple[str, str, str]]:
    """(kind, extension, what became of it) for each extension that a change touches."""
    before = {one.oid: one for one in extensions_of(ISSUED[kind].der)}
    after = {one.oid: one for one in change(list(before.values()))}
    for oid, one in before.items():
        if oid not in after:
            yield kind, oid, "left out"
        elif after[oid].value != one.value:
            yield kind, oid, "value"
        elif after[oid].critical != one.critical:
            yield kind, oid, "critical"


def _is_read(kind: str, change: Change) -> bool:
    issued = ISSUED[kind]
    changed = signed_again(issued.der, issued.key, change)
    try:
        parse_crl(changed) if kind == "list" else parse_certificate(changed)
    except ChainFailure:
        return False
    return True


def test_every_extension_is_left_out_changed_and_lied_about() -> None:
    held = {(kind, one.oid) for kind, made in ISSUED.items() for one in extensions_of(made.der)}
    ours = {
        one.dotted_string
        for one in vars(certificate).values()
        if isinstance(one, ObjectIdentifier) and one not in certificate._PURPOSES
    }
    assert len(ours) == 4
    assert ours <= {oid for _, oid in held}
    refused: set[tuple[str, str, str]] = set()
    lied: set[tuple[str, str]] = set()
    for kind, table in TABLES.items():
        granted = [change for change, _ in GRANTED[kind].values()]
        for change in (one for one, _, _ in table.values()):
            refused.update(_kinds_of_change(kind, change))
        for change in (*(one for one, _, _ in table.values()), *granted):
            if _is_read(kind, change):
                found = _kinds_of_change(kind, change)
                lied |= {(kind, oid) for _, oid, what in found if what == "value"}
    wanted = {(*one, what) for one in held for what in ("left out", "value", "critical")}
    # A root may leave out who issued it: it says so by its name (RFC 5280, 4.2.1.1).
    assert wanted - refused == {("root", AKI.dotted_string, "left out")}
    # One value is well-formed: the key's own id, and what every certificate of the kind says. (The
    # key usage of a station has a longer spelling besides.)
    constant = {"station": (SKI, BC), "authority": (SKI, KU, certificate.OID_ROLE)}
    constant["root"] = constant["authority"]
    assert held - lied == {(kind, o.dotted_string) for kind, oids in constant.items() for o in oids}


def test_every_key_of_an_operation_line_is_changed() -> None:
    known = {one.name for one in structs.fields(operation._Line)}
    assert {"a", "b", "g", "h", "w"} <= known
    assert {name.split()[0] for name in OPERATION} == known


def test_every_member_of_an_operation_is_put_to_an_insiders_use_at_the_door() -> None:
    one = structs.replace(invented_operation(1, F.sender), unit=str(SIBLING), by=str(SIBLING))
    insider = SimpleNamespace(unit=COMMUNE_A, store=SimpleNamespace(replica=UUID))
    remade = [made for _, made in variants(one, (one.op_id,), insider, {"child": UUID})]
    members = set(inspect.signature(make_operation).parameters)
    assert {"parents", "salt", "wall"} <= members
    for member in members:
        assert any(getattr(made, member) != getattr(one, member) for made in remade), member


def test_a_field_that_no_variant_changes_would_be_noticed() -> None:
    known = set(fields_of(Manifest))
    before = {"seq": 1, "log": {"from": 0, "to": 3}, "acks": [ack()]}
    after = json.loads(json.dumps(before))
    put("log", "to", value=4)(after)
    assert changed(before, after, known) == {"log.to"}
    after["acks"].append(ack())
    assert changed(before, after, known) == {"log.to"}
