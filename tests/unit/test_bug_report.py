"""A report of a bug says where it happened and holds nothing of anybody."""

from __future__ import annotations

from pathlib import Path

from app.bug_report import raised_in, write_report
from app.i18n import text


def _bug() -> KeyError:
    try:
        text("Đinh Thị Rê 051316123456")
    except KeyError as error:
        return error
    raise AssertionError("there is a sentence of that name")


def test_a_report_has_modules_lines_and_types_and_no_value(tmp_path: Path) -> None:
    error = _bug()
    path = write_report(error, tmp_path, "window")
    assert path is not None
    content = path.read_text(encoding="utf-8")
    module, line = raised_in(error)
    assert module == "app.i18n"
    assert f"builtins.KeyError\n  {Path(__file__).name}:" in content.replace("tests/unit/", "")
    assert f"  app.i18n:{line}\n" in content
    for private in ("Đinh", "051316123456", str(tmp_path), str(Path.home())):
        assert private not in content


def test_bugs_of_one_moment_each_have_their_report_in_the_folder(tmp_path: Path) -> None:
    reports = {write_report(_bug(), tmp_path, "window") for _ in range(3)}
    assert reports == set(tmp_path.iterdir())
    assert len(reports) == 3


def test_an_error_that_was_never_raised_has_no_place() -> None:
    assert raised_in(ValueError("Đinh Thị Rê")) == ("", 0)
