"""What is new for a unit since its last word: every page once, under what happened to it."""

from __future__ import annotations

from app.models.queries.leaving import NewsKind
from app.services.outgoing_news import OutgoingNews
from app.services.services import Services
from tests.e2e.command_line import COMMUNE, PROVINCE, Homes
from tests.e2e.test_copies import type_child
from tests.e2e.test_quarter_handed_over import (
    CHILD,
    HOME,
    SISTER,
    THERE_NAME,
    _died,
    _draft,
    homes,
    services_of,
)
from tests.village_of_three import VILLAGE, child_id, edit, home_id, settle_village

__all__ = ["homes"]  # a fixture


def _counts(found: OutgoingNews) -> dict[NewsKind, tuple[int, int, int]]:
    return {one.kind: (one.households, one.children, one.events) for one in found.counts}


def _who(services: Services, kind: NewsKind) -> list[str]:
    return sorted(one.who for one in services.handovers.outgoing.rows(PROVINCE, kind))


def test_before_the_first_word_everything_is_new_and_told_by_village(
    enrolled_pair: Homes,
) -> None:
    with services_of(enrolled_pair.at(COMMUNE)) as services:
        outgoing = services.handovers.outgoing
        assert outgoing.counts(PROVINCE).counts == ()
        with services.workplace.write() as work:
            settle_village(work, COMMUNE)
            work.commit()
        found = outgoing.counts(PROVINCE)
        assert _counts(found) == {NewsKind.NEW: (3, 4, 0)}
        assert [(one.name, one.households, one.children) for one in found.places] == [
            (VILLAGE, 3, 4)
        ]
        preview = services.handovers.sending.preview(PROVINCE)
        assert (preview.travelling_households, preview.travelling_children) == (3, 4)


def test_after_it_only_what_happened_since_is_told_each_under_its_kind(homes: Homes) -> None:
    top, below = homes.at(PROVINCE), homes.at(COMMUNE)
    # Handed over and not acknowledged yet: the next bundle holds it once more, and so it is told.
    assert below.must("handover", "news", "--to", PROVINCE)["counts"]["new"]["children"] == 4
    homes.carry(top, below, COMMUNE)
    assert below.must("handover", "news", "--to", PROVINCE)["counts"] == {}
    with services_of(below) as services:
        workplace = services.workplace
        edit(workplace, "household", home_id(COMMUNE, "1"), phone="0912345678")
        wrong = child_id(COMMUNE, "10", 1)
        edit(workplace, "child", wrong, entered_in_error=True, hidden_reason="Ghi nhầm")
        _died(services)
        services.life_events.write(_draft(services, "moved_out", CHILD, event_place=THERE_NAME))
        outgoing = services.handovers.outgoing
        assert _counts(outgoing.counts(PROVINCE)) == {
            NewsKind.CHANGED: (2, 1, 0),
            NewsKind.MOVED: (0, 1, 0),
            NewsKind.HIDDEN: (0, 1, 0),
            NewsKind.EVENT: (0, 0, 2),
        }
        # Of the household of both only that somebody was told of it, which is a change of its page.
        changed = ["Phạm Văn Rơm", "Đinh Thị Nga", "Đinh Thị Ré"]
        assert _who(services, NewsKind.CHANGED) == changed
        assert _who(services, NewsKind.MOVED) == ["Đinh Văn Tèo"]
        assert _who(services, NewsKind.HIDDEN) == ["Võ Văn Bông"]
        assert _who(services, NewsKind.EVENT) == ["Đinh Thị Ré", "Đinh Văn Tèo"]
        rows = {one.who: one for one in outgoing.rows(PROVINCE, NewsKind.CHANGED)}
        assert "Số điện thoại" in rows["Phạm Văn Rơm"].what
        (sister,) = (one for one in rows.values() if one.child == SISTER)
        assert (sister.household, sister.village) == (HOME, VILLAGE)
        assert outgoing.rows(PROVINCE, NewsKind.NEW) == []
    told = below.must("handover", "news", "--to", PROVINCE)
    assert {one["kind"] for one in told["records"]} == {"changed", "moved", "hidden", "event"}


def test_what_the_unit_above_wrote_itself_is_no_news_for_it(enrolled_pair: Homes) -> None:
    below, above = enrolled_pair.at(COMMUNE), enrolled_pair.at(PROVINCE)
    type_child(below, "1", "Phạm Thị Hân")
    enrolled_pair.carry(below, above, PROVINCE)
    (child,) = above.must("register", "search", "Phạm Thị Hân")
    above.must("register", "set", child["id"], "full_name=Phạm Thị Hằng")
    enrolled_pair.carry(above, below, COMMUNE)
    found = below.must("handover", "news", "--to", PROVINCE)
    assert found["outstanding"] == {"unsent": 0, "unconfirmed": 0}
    assert (found["counts"], found["places"], found["records"]) == ({}, [], [])
    # What somebody here writes on it is, and that alone.
    below.must("register", "set", child["id"], "birth_date=2015-03-04")
    (row,) = below.must("handover", "news", "--to", PROVINCE)["records"]
    assert (row["kind"], row["what"]) == ("changed", "Ngày, tháng, năm sinh")
    (village,) = (o["id"] for o in below.must("village", "list") if o["name"] == "Thôn 1")
    assert (row["village"], row["village_name"]) == (village, "Thôn 1")
    (place,) = below.must("handover", "news", "--to", PROVINCE)["places"]
    assert (place["id"], place["name"]) == (village, "Thôn 1")
    # It goes back all the same, and does no harm there.
    _, got = enrolled_pair.carry(below, above, PROVINCE)
    assert (got["changed"], got["refused"]) == (1, 0)


def test_what_a_unit_below_handed_over_is_no_news_for_it(enrolled_pair: Homes) -> None:
    below, above = enrolled_pair.at(COMMUNE), enrolled_pair.at(PROVINCE)
    type_child(below, "1", "Phạm Thị Hân")
    enrolled_pair.carry(below, above, PROVINCE)
    assert above.must("handover", "news", "--to", COMMUNE)["counts"] == {}
    (child,) = above.must("register", "search", "Phạm Thị Hân")
    above.must("register", "set", child["id"], "full_name=Phạm Thị Hằng")
    assert above.must("handover", "news", "--to", COMMUNE)["counts"] == {
        "changed": {"households": 0, "children": 1, "events": 0}
    }


def test_of_a_whole_log_what_the_unit_above_typed_for_this_one_is_no_news_for_it(
    enrolled_pair: Homes,
) -> None:
    below, above = enrolled_pair.at(COMMUNE), enrolled_pair.at(PROVINCE)
    book = above.home / "book.csv"
    type_child(below, "2", "Phạm Thị Hoa")
    book.write_text(
        "village,household_no,head_name,line_no,full_name,birth_date,sex\n"
        "Thôn 1,1,Đinh Văn Lía,1,Phạm Thị Hân,2015-03-02,2\n",
        encoding="utf-8",
    )
    above.must("register", "import", book, "--unit", COMMUNE, codes=(0, 4))
    enrolled_pair.carry(above, below, COMMUNE)
    assert below.must("handover", "news", "--to", PROVINCE)["counts"] == {
        "new": {"households": 1, "children": 1, "events": 0}
    }
