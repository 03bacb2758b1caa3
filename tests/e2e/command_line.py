"""Run the program's commands as a person at the prompt would, and read what they print."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app.bootstrap import open_services
from app.cli.program import main

PASSPHRASE = "một câu dài dễ nhớ"
#: Whose PCs the fixture `enrolled_pair` gives.
PROVINCE, COMMUNE = "51@2025", "21211@2025"


@dataclass(frozen=True)
class Answer:
    """Exit code, the JSON document, and what went to stderr."""

    code: int
    document: Any
    notes: str


class Prompt:
    """One home and the commands typed there."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home = home
        monkeypatch.setenv("SOTREEM_PASSPHRASE", PASSPHRASE)

    def __call__(self, *words: str | Path) -> Answer:
        """Run a command with `--json`."""
        code, text, notes = self._run("--json", *words)
        return Answer(code, json.loads(text) if text else None, notes)

    def told(self, *words: str | Path, codes: Sequence[int] = (0,)) -> list[str]:
        """Run a command that has to work; the lines that a person reads."""
        code, text, notes = self._run(*words)
        assert code in codes, f"{words}: {code} {notes}"
        return text.splitlines()

    def _run(self, *words: str | Path) -> tuple[int, str, str]:
        out, notes = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(notes):
            code = main(["--home", str(self.home), *map(str, words)], open_services)
        return code, out.getvalue(), notes.getvalue()

    def must(self, *words: str | Path, codes: Sequence[int] = (0,)) -> Any:
        """Run a command that has to work; the JSON document."""
        answer = self(*words)
        assert answer.code in codes, f"{words}: {answer.code} {answer.document} {answer.notes}"
        return answer.document

    def beside(self, name: str) -> Path:
        """A file beside the home, as on a stick: the program lets nothing out into its own."""
        return self.home.with_name(f"{self.home.name}.{name}")


class Homes:
    """Several installations of one province."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        self.stick = folder / "usb"
        self.stick.mkdir(exist_ok=True)

    def at(self, unit: str) -> Prompt:
        """The prompt of a home that is there already."""
        return Prompt(self.folder / unit.replace("@", "-"), self._monkeypatch)

    def init(self, unit: str) -> Prompt:
        """A new installation of a unit."""
        prompt = self.at(unit)
        prompt.must("init", "--unit", unit, "--user", "an", "--full-name", "Nguyễn Thị An")
        return prompt

    def enrol(self, above: Prompt, below: Prompt, fingerprint: str) -> None:
        """Request, grant with the code compared, accept."""
        request = below.beside("enrol.request")
        reply = below.beside("enrol.tebundle")
        asked = below.must("enrol", "request", "--out", request)
        code = asked["check_code"]
        above.must("enrol", "grant", request, "--out", reply, "--check-code", code)
        below.must("enrol", "accept", reply, "--fingerprint", fingerprint)

    def carry(self, giver: Prompt, receiver: Prompt, to: str) -> tuple[Any, Any]:
        """Send and receive: what the giver and what the receiver printed."""
        sent = giver.must("handover", "send", "--to", to, "--out", self.stick)
        (got,) = receiver.must("handover", "receive", sent["file"], codes=(0, 4))
        assert got["status"] == "imported", got
        return sent, got
