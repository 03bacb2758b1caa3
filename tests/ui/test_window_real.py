"""The same keys in a real window: an X server of its own with a window manager."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: What is tried once more in a real window.
_CASES = (
    "tests/ui/test_window_entry.py::"
    "test_a_household_with_two_children_is_completed_by_keyboard_alone",
    "tests/ui/test_window_keys.py::test_f6_walks_through_the_sections_and_opens_optional_ones",
    "tests/ui/test_window_start.py::"
    "test_a_new_pc_is_set_up_by_keyboard_and_the_code_must_be_on_paper",
    "tests/ui/window_session.py::"
    "test_a_household_goes_from_the_clerk_s_keys_to_the_district_and_its_receipt_comes_back",
    "tests/ui/window_family.py::test_a_household_of_four_is_typed_to_complete_and_handed_over",
)


def run_there(screen: dict[str, str], *cases: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:xdist", *cases],
        cwd=ROOT,
        env={name: value for name, value in screen.items() if name != "SOTREEM_SLICE"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,  # the output says more than the exit code
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert f"{len(cases)} passed" in done.stdout


def test_what_is_typed_set_up_handed_over_and_answered_works_in_a_real_window(
    screen: dict[str, str],
) -> None:
    run_there(screen, *_CASES)
