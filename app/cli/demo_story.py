"""The story `demo` tells: a commune types and imports, hands over, is corrected from above.

Every step goes through the same services as the window and the commands: real encrypted stores,
real certificates, real files. Only the passphrase is drawn at random and thrown away.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.session import Session
from app.errors import BugError
from app.i18n import number, text
from app.settings import Settings

if TYPE_CHECKING:
    from app.services.services import Services

PROVINCE, DISTRICT, COMMUNE = "51@2024", "522@2024", "21010@2024"
_UNITS = {"province": PROVINCE, "district": DISTRICT, "commune": COMMUNE}


@dataclass(frozen=True, slots=True)
class Told:
    """What the demonstration did, for people and for `--json`."""

    lines: list[str]
    document: dict[str, object]


class _Stage:
    """Three homes below one folder, opened one at a time as three PCs would be."""

    def __init__(self, session: Session, folder: Path) -> None:
        self.session = session
        self.folder = folder
        self.passphrase = secrets.token_urlsafe(18)

    def settings(self, name: str) -> Settings:
        return Settings(self.folder / name, self.session.settings.language)

    def install(self) -> None:
        from app.services.installation import install

        for name, unit in _UNITS.items():
            install(
                self.settings(name),
                unit=unit,
                user=name,
                full_name=text(f"demo.person.{name}"),
                title=text(f"demo.title.{name}"),
                passphrase=self.passphrase,
            )

    @contextmanager
    def at(self, name: str) -> Iterator[Services]:
        from app.services.installation import unlock

        def key(settings: Settings):  # type: ignore[no-untyped-def]
            return unlock(settings, self.passphrase)

        with self.session.open_services(self.settings(name), key) as services:
            yield services


def tell(session: Session, folder: Path, children: int) -> Told:
    """Run the story in `folder` and say in ten lines what happened. Raises what a step raises."""
    stage = _Stage(session, folder)
    stage.install()
    lines = [text("demo.installed", folder=folder)]
    lines.append(_enrol(stage))
    typed = _type_household(stage)
    lines.append(text("demo.typed", children=2))
    book = _invented_book(folder, children)
    first = _import(stage, book)
    lines.append(text("demo.imported", rows=number(first.rows), issues=number(first.issue_count)))
    lines.append(_check(stage))
    up = _carry(stage, "commune", "district", DISTRICT)
    _carry(stage, "district", "province", PROVINCE)
    lines.append(text("demo.handed_over", children=number(up.children), size=number(up.size)))
    with stage.at("province") as services:
        services.records.set_fields(typed, {"full_name": text("demo.corrected_name")})
    _carry(stage, "province", "district", DISTRICT)
    _carry(stage, "district", "commune", COMMUNE)
    with stage.at("commune") as services:
        name = services.records.show(typed).record.values["full_name"]
        if name != text("demo.corrected_name"):
            raise BugError("demo.correction_lost")
        handover = next(v for v in services.handovers.register.list() if v.giver == COMMUNE)
        from app.printing.pdf import write_pdf

        record = folder / "bien-ban-ban-giao.pdf"
        services.handovers.register.print(handover.id, lambda paper: write_pdf(paper, record))
    lines.append(text("demo.corrected"))
    lines.append(
        text("demo.receipts", tiers=len(handover.receipts), children=number(up.register_children))
    )
    again = _import(stage, book)
    lines.append(text("demo.again", changed=number(again.created + again.changed)))
    lines.append(text("demo.printed", file=record))
    return Told(
        lines,
        {
            "folder": str(folder),
            "record": str(record),
            "imported": first.rows,
            "again_changed": again.created + again.changed,
            "handed_over": up.children,
            "receipts": [one.tier for one in handover.receipts],
            "correction_arrived": True,
        },
    )


def _enrol(stage: _Stage) -> str:
    with stage.at("province") as services:
        root = services.authority.found(stage.passphrase).root_fingerprint
    for above, below in (("province", "district"), ("district", "commune")):
        request, reply = stage.folder / f"{below}.request", stage.folder / f"{below}.tebundle"
        with stage.at(below) as services:
            asked = services.enrolment.request(request, stage.passphrase)
        with stage.at(above) as services:
            services.granting.grant(
                request, reply, passphrase=stage.passphrase, compared=asked.check_code
            )
        with stage.at(below) as services:
            services.enrolment.accept(reply, root, stage.passphrase)
    return text("demo.enrolled", fingerprint=root)


def _type_household(stage: _Stage) -> str:
    """A household with two children, as the household page saves them; the first child's id."""
    from app.models.work import Change
    from app.services.saving import RecordSave

    with stage.at("commune") as services:
        household = services.records.save(
            [
                RecordSave(
                    Change(
                        "household",
                        {
                            "owner_unit": COMMUNE,
                            "household_no": "1",
                            "head_name": text("demo.head"),
                            "residence_status": "1",
                            "poverty_status": "0",
                        },
                    )
                )
            ]
        )[0]
        children = services.records.save(
            [
                RecordSave(
                    Change(
                        "child",
                        {
                            "owner_unit": COMMUNE,
                            "household": household.id,
                            "line_no": line,
                            "full_name": text(f"demo.child.{line}"),
                            "birth_date": birth,
                            "sex": "2",
                        },
                    )
                )
                for line, birth in ((1, "2015-03-02"), (2, "2019"))
            ]
        )
    return children[0].id


def _invented_book(folder: Path, children: int) -> Path:
    """A register as communes keep it, in the columns of the sample map."""
    from datetime import UTC, datetime

    from app.services.invented import generate, write_csv

    path = folder / "so-theo-doi.csv"
    today = datetime.now(tz=UTC).date()
    with path.open("w", encoding="utf-8", newline="") as file:
        write_csv(generate(2026, children, [COMMUNE], today), file)
    return path


def _import(stage: _Stage, book: Path):  # type: ignore[no-untyped-def]
    from app.services.register_import import named_column_map

    with stage.at("commune") as services, stage.session.progress("demo.importing") as progress:
        return services.register_import.run(
            book, COMMUNE, named_column_map("register-sample"), progress
        )


def _check(stage: _Stage) -> str:
    with stage.at("commune") as services, stage.session.progress("demo.checking") as progress:
        errors, warnings = services.checks.errors_and_warnings(progress)
    return text("demo.checked", errors=number(errors), warnings=number(warnings))


@dataclass(frozen=True, slots=True)
class _Carried:
    children: int
    register_children: int
    size: int


def _carry(stage: _Stage, giver: str, receiver: str, to: str) -> _Carried:
    """One handover: seal, write, receive. Raises BugError when the receiver does not take it."""
    stick = stage.folder / "usb"
    stick.mkdir(exist_ok=True)
    with stage.at(giver) as services:
        sent = services.handovers.sending.send(to, stick)
    with stage.at(receiver) as services:
        result = services.handovers.receiving.receive([sent.file])[0]
        view = next(
            (v for v in services.handovers.register.list() if v.bundle_id == sent.bundle_id), None
        )
    if result.status != "imported":
        raise BugError("demo.not_received", reason=result.reason)
    counted = view.receipts[0].children if view is not None and view.receipts else 0
    return _Carried(sent.children, counted, sent.size)
