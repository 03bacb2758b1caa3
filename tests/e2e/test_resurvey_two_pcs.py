"""Samples that two PCs of one district drew: kept apart, and shared where they drew alike."""

from __future__ import annotations

from tests.e2e.test_both_pcs_receive import Two, two
from tests.e2e.test_three_tiers import prepared, three
from tests.e2e.test_verification import result, survey

__all__ = ["prepared", "three", "two"]  # fixtures
OWN, THEIRS = "11", "22"


def test_two_pcs_of_a_district_keep_their_samples_apart_and_share_one_drawn_alike(
    two: Two,
) -> None:
    first, second = two.first, two.second
    two.take(first, second)
    words = ("handover", "sample", two.handover, "--count", "1", "--seed")
    one, other = first.must(*words, OWN), second.must(*words, THEIRS)
    assert one["sample"] != other["sample"]
    assert second.must(*words, OWN) == one, "whoever draws the same again means the same"
    (home,) = (each["id"] for each in one["households"])
    result(second, two.handover, home, "agrees", "--sample", THEIRS)
    result(first, two.handover, home, "moved", "--sample", one["sample"])
    two.exchange()
    for prompt in (first, second):
        told = {
            seed: survey(prompt, two.handover, "--sample", seed)["results"]
            for seed in (OWN, THEIRS)
        }
        assert told == {OWN: {"moved": 1}, THEIRS: {"agrees": 1}}
    said = result(first, two.handover, home, "moved", "--sample", other["sample"])
    assert said["results"] == {"moved": 1}, "the other PC of the unit drew it"
