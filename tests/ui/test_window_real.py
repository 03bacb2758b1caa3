"""The same keys in a real window: an X server of its own with a window manager."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from tests.long_runs import slice_or_all

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

#: Of each wizard one test that goes its whole way with keys; the long run tries all that there are.
_WIZARDS = {
    "test_window_handover.py": "test_people_are_proposed_typed_over_and_named_by_the_handover",
    "test_window_many.py": "test_each_file_is_told_before_and_after_and_a_bad_one_stops_none",
    "test_window_verification.py": "test_two_records_are_sent_back_and_the_rest_accepted_"
    "with_keys_alone",
    "test_window_one_handover.py": "test_a_bundle_is_taken_back_after_its_numbers_were_seen_"
    "and_used_again",
    "test_window_conflicts.py": "test_two_versions_stand_side_by_side_and_a_number_takes_one",
    "test_window_moves.py": "test_a_pair_is_shown_side_by_side_decided_by_a_key_and_taken_back",
    "test_window_deliveries.py": "test_another_round_is_chosen_by_keys_and_its_list_is_printed",
    "test_window_admin.py": "test_a_province_makes_its_root_and_certifies_a_district_in_the_window",
    "test_window_renewal.py": "test_a_certificate_is_renewed_in_the_window_in_its_last_months_"
    "and_not_before",
    "test_window_stations.py": "test_a_lost_pc_is_revoked_by_keys_and_the_notice_is_printed",
    "test_window_restore.py": "test_a_pc_without_a_register_is_set_up_from_the_backup_"
    "of_a_lost_one",
    "test_window_reopening.py": "test_a_register_that_nobody_can_open_is_opened_by_the_unit_above",
    "test_window_kept.py": "test_one_is_looked_at_then_taken_in_by_name_and_the_other_stays",
    "test_window_stopped.py": "test_what_waits_is_given_up_after_a_question",
    "test_window_suspect_clock.py": "test_a_file_is_taken_in_once_somebody_said_that_the_day_"
    "is_right",
}


#: Seconds that one file may take; all tests of the longest one take less than a third of it.
_MOST = 600.0
#: The last line of a run in which every test that was asked for passed: no word besides.
_ALL_PASSED = re.compile(r"(\d+) passed in [\d.]+s( \([\d:]+\))?")


def passed_of(output: str) -> int:
    """How many tests passed by what pytest said; 0 unless all that were asked for did."""
    found = [said for line in output.splitlines() if (said := _ALL_PASSED.fullmatch(line))]
    return int(found[0][1]) if len(found) == 1 else 0


def run_there(screen: dict[str, str], cases: Iterable[str], most: float = _MOST) -> dict[str, str]:
    """Run tests there, each file by itself; file → what was said, of those that did not pass whole.

    A test that was skipped, left out or expected to fail has not been tried in a real window.
    """
    failed: dict[str, str] = {}
    for case in cases:
        file = case.partition("::")[0]
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:xdist"]
        try:
            done = subprocess.run(
                [*command, case],
                cwd=ROOT,
                env={name: value for name, value in screen.items() if name != "SOTREEM_SLICE"},
                capture_output=True,
                text=True,
                timeout=most,
                check=False,  # the output says more than the exit code
            )
        except subprocess.TimeoutExpired as late:
            failed[file] = f"not done in {late.timeout:.0f} s"
            continue
        passed = passed_of(done.stdout)
        if done.returncode or not passed or ("::" in case and passed != 1):
            failed[file] = done.stdout[-4000:] + done.stderr[-1000:]
    return failed


def test_what_is_typed_set_up_handed_over_and_answered_works_in_a_real_window(
    screen: dict[str, str],
) -> None:
    assert run_there(screen, _CASES) == {}


def test_every_wizard_works_in_a_real_window(screen: dict[str, str]) -> None:
    cases = [
        slice_or_all(f"tests/ui/{file}::{name}", f"tests/ui/{file}")
        for file, name in _WIZARDS.items()
    ]
    assert run_there(screen, cases) == {}


def test_only_a_run_in_which_everything_passed_counts() -> None:
    assert passed_of("...\n3 passed in 1.52s\n") == 3
    assert passed_of("...\n14 passed in 72.10s (0:01:12)\n") == 14
    for said in (
        "1 failed, 3 passed in 1.52s",
        "3 passed, 1 skipped in 1.52s",
        "3 passed, 1 deselected in 1.52s",
        "3 passed, 1 xfailed in 1.52s",
        "3 passed, 1 warning in 1.52s",
        "no tests ran in 0.01s",
        "",
    ):
        assert not passed_of(f"...\n{said}\n"), said


def test_a_file_of_tests_that_takes_too_long_is_named(tmp_path: Path) -> None:
    file = tmp_path / "test_slow.py"
    file.write_text("import time\n\n\ndef test_slow():\n    time.sleep(60)\n")
    told = run_there(dict(os.environ), [str(file)], most=1.0)
    assert told == {str(file): "not done in 1 s"}
