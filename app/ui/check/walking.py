"""Walking what waits for the second person: a village, or a sample that was drawn.

With «type again first» a household that waits is typed again before its sheet is shown, so that
nobody types what they have just read. Of a sample only the drawn children are typed again, and it
goes on without the sheet: a sample says how well was typed, it checks no household.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.errors import AppError
from app.i18n import decimal, number, text
from app.services.entry import UnitLine
from app.services.retyping import Outcome, Retyping
from app.services.samples import DrawnSample, SampleResult, Samples
from app.services.second_check import (
    CheckPage,
    PageState,
    SecondCheck,
    State,
    VillageChecks,
    counted,
)
from app.ui.check.frame import CheckFrame
from app.ui.check.half_done import CheckPlace, HalfDone
from app.ui.check.kept import DRAFTS, Kept
from app.ui.check.retype_area import RetypeArea
from app.ui.check.state_words import outcome_words
from app.ui.drafts import DraftDesk
from app.ui.notify import Notifier
from app.ui.tasks import Tasks
from app.ui.theme import Theme
from app.ui.villages.places import PlaceLine

_RETYPING = 2


class CheckWalk(CheckFrame):
    """The villages, and the household one stands at, as empty fields or as a sheet."""

    def __init__(
        self,
        tasks: Tasks,
        check: SecondCheck,
        retyping: Retyping,
        samples: Samples,
        drafts: DraftDesk,
        notifier: Notifier,
        theme: Theme,
        parent: QWidget | None,
    ) -> None:
        super().__init__(tasks, notifier, theme, parent)
        self._check, self._samples, self._drafts = check, samples, drafts
        self._villages: list[VillageChecks] = []
        self._village: str | None = None
        self._sample: DrawnSample | None = None
        self._steps: list[PageState] = []
        self._at = 0
        self._page: CheckPage | None = None
        #: Households that were typed again since one came to the village or the sample.
        self._retyped: set[str] = set()
        #: A commune with one officer gives the same reason for every household.
        self._last_reason = ""
        #: What came of it, told beside the sheet that follows.
        self._came_of_it = ""
        #: The sheet that comes next comes to somebody who looks at the paper and types on.
        self._types_on = False
        self.half_done = HalfDone(drafts)
        #: Where an earlier run was left, until one is there again.
        self._back_to: CheckPlace | None = None
        self.area = RetypeArea(
            tasks, retyping, drafts, notifier, theme, self.suggestions, self.stack
        )
        self.stack.addWidget(self.area)
        self.area.settled.connect(self._settled)
        self.area.nothing.connect(self._nothing_to_retype)
        self.area.skipped.connect(self.step)
        self.area.form.changed.connect(self._keep_place)
        self.draw.clicked.connect(self.draw_sample)
        for edit in (self.count, self.seed):
            edit.returnPressed.connect(self.draw_sample)

    # --- reading ----------------------------------------------------------------------------

    def load(self) -> None:
        """Read what waits again, and the household one stood at."""
        self._run(self._check.communes, self._show_communes)
        at = self._steps[self._at].household if self._steps else ""
        if self._back_to is not None:
            self._go_back(self._back_to)
        elif self._sample is not None:
            self._read_sample(at, self._sample)
        elif self._village is not None:
            self._read_walk(self._village, at)

    def begin(self) -> None:
        """Put the keyboard where work goes on."""
        if self._retypes:
            self.area.begin_typing()
            return
        target: QWidget = self.sheet if self._walks else self.places
        if self._walks and not self.reason_card.isHidden():
            target = self.reason
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def come_back(self, place: CheckPlace) -> None:
        """Go on, at the next `load`, with what an earlier run left half done."""
        self._back_to = place

    def _go_back(self, place: CheckPlace) -> None:
        self._unit, self._begun = place.unit, True
        if place.seed:
            self.seed.setText(place.seed)
            self.count.setText(place.count)
            self.draw_sample()
        else:
            self._read_walk(place.village, place.household)

    def _here(self) -> CheckPlace:
        """The household one stands at."""
        home = self._steps[self._at].household
        if self._sample is not None:
            seed, count = self._sample.seed, str(len(self._sample.drawn))
            return CheckPlace(home, self._unit, seed=seed, count=count)
        return CheckPlace(home, self._unit, self._village or "")

    def _keep_place(self) -> None:
        if self._steps:
            self.half_done.keep_place(self._here())

    @property
    def _walks(self) -> bool:
        return self._village is not None or self._sample is not None

    @property
    def _retypes(self) -> bool:
        """Whether the empty fields, or what differs in them, are shown."""
        return self.stack.currentIndex() == _RETYPING

    def _show_communes(self, found: list[UnitLine]) -> None:
        self._take_communes([(one.unit, one.name) for one in found])

    def _read_villages(self) -> None:
        self._run(partial(self._check.villages, self._unit), self._show_villages)

    def _forget_walk(self) -> None:
        self._village = self._page = self._sample = None
        self._steps = []
        self.area.leave()

    def _show_villages(self, found: list[VillageChecks]) -> None:
        self._villages = found
        lines = [
            PlaceLine(
                one.id,
                one.name or text("register.no_village"),
                text(
                    "second_check.so_far",
                    waiting=number(one.waiting),
                    checked=number(one.checked),
                    households=number(one.households),
                ),
                one.checked,
                one.households,
            )
            for one in found
        ]
        self.places.show_lines(lines, self._village)
        self.show_total(sum(one.waiting for one in found))
        if not self._walks:
            self.show_nothing(empty=not found)

    def _count_again(self) -> None:
        """The numbers of the village one walks, from what was done: a commune is not read again for
        every household.
        """
        self._show_villages(
            [
                counted(one.id, one.name, self._steps) if one.id == self._village else one
                for one in self._villages
            ]
        )

    def _failed(self, error: AppError) -> None:
        self.area.drop_keys()
        super()._failed(error)

    # --- a sample ---------------------------------------------------------------------------

    def draw_sample(self) -> None:
        """Draw children of the commune by lot and type them again."""
        if self.area.busy:
            return
        wanted = self.count.text().strip()
        count = int(wanted) if wanted.isascii() and wanted.isdigit() else 0
        seed, unit = self.seed.text(), self._unit
        self._run(partial(self._samples.draw, count, seed, unit), self._drawn)

    def _drawn(self, sample: DrawnSample) -> None:
        self.seed.setText(sample.seed)
        if not sample.drawn:
            self._forget_walk()
            self.show_nothing(empty=True)
            return
        self._retyped = sample.children.keys() - sample.left.keys()
        self._begun = True
        self._read_sample("" if self._back_to is None else self._back_to.household, sample)

    def _read_sample(self, at: str, sample: DrawnSample) -> None:
        read = partial(self._check.walk_of, tuple(sample.children), self._unit)
        self._run(read, partial(self._take_sample, sample, at))

    def _take_sample(self, sample: DrawnSample, at: str, steps: list[PageState]) -> None:
        self._village, self._sample = None, sample
        self.tell("")
        self._take_steps(steps, at)

    # --- walking ----------------------------------------------------------------------------

    def begin_walk(self, village: str) -> None:
        """Walk a village, from the first household that waits."""
        if self.area.busy:
            return
        self._retyped.clear()
        super().begin_walk(village)

    def _read_walk(self, village: str, at: str) -> None:
        self._run(
            partial(self._check.walk, village, self._unit), partial(self._take_walk, village, at)
        )

    def _take_walk(self, village: str, at: str, steps: list[PageState]) -> None:
        self._village, self._sample = village, None
        self._take_steps(steps, at)

    def _take_steps(self, steps: list[PageState], at: str) -> None:
        self._steps = steps
        if not steps:
            self._back_to = None
            self._forget_walk()
            self.show_nothing(empty=False)
            return
        places = [place for place, one in enumerate(steps) if one.household == at]
        waiting = [place for place, one in enumerate(steps) if self._is_open(one)]
        self._at = (places or waiting or [0])[0]
        home = steps[self._at].household
        if self._retypes and self.area.asks_for(home, *self._drawn_of(home)):
            return  # it stands there with what was typed and decided so far
        back = self._back_to
        if back is not None and (back.household != home or not back.returning):
            self._back_to = None
            if back.household == home:
                self._drafts.read(partial(self._retype_on, home))
                return
        self._read_page()

    def _retype_on(self, home: str, drafts: Mapping[str, Mapping[str, object]]) -> None:
        """Go on typing again where an earlier run was left, unseen if it was begun so."""
        if self._sample is None and Kept.of(drafts.get(DRAFTS + home, {})).is_blind:
            self.blind.setChecked(True)
        self.begin_retyping()

    def _drawn_of(self, home: str) -> tuple[tuple[str, ...], str]:
        """The children of a household that are asked for, none for all, and the seed of the sample
        they are of.
        """
        drawn = self._sample
        if drawn is None:
            return (), ""
        return drawn.left.get(home) or drawn.children.get(home, ()), drawn.seed

    def _is_open(self, one: PageState) -> bool:
        """Whether something is left to do with a household."""
        if self._sample is not None:
            return one.finished and one.household not in self._retyped
        return _waits(one)

    def _read_page(self) -> None:
        self._asked += 1
        step = self._steps[self._at]
        blind = self._sample is not None or self.blind.isChecked()
        if blind and self._is_open(step) and step.household not in self._retyped:
            self.begin_retyping()
            return
        self._drafts.read(partial(self._read_sheet, self._asked))

    def _read_sheet(self, asked: int, drafts: Mapping[str, Mapping[str, object]]) -> None:
        """The sheet, but never before what somebody had half typed again without seeing it."""
        if asked != self._asked or not self._steps:
            return
        self.half_done.take(drafts)
        step = self._steps[self._at]
        home = step.household
        half = Kept.of(drafts.get(DRAFTS + home, {})).is_blind and home not in self._retyped
        if half and step.finished:
            # Whoever typed unseen before the window was closed goes on unseen.
            self.blind.setChecked(True)
            self.begin_retyping()
            return
        self._run(partial(self._check.page, home), partial(self._show_page, asked))

    def _show_sheet(self) -> None:
        """The sheet of the household one stands at, whether it was typed again or not."""
        self.area.leave()
        self._asked += 1
        self._begun = True
        home = self._steps[self._at].household
        self._run(partial(self._check.page, home), partial(self._show_page, self._asked))

    def begin_retyping(self, *, seen_first: bool = False) -> None:
        """Type the household one stands at again, without its sheet."""
        if not self._steps or self._writing:
            return
        home = self._steps[self._at].household
        drawn = self._sample
        self._types_on = False
        self._page = None
        self._asked += 1  # a sheet that is on its way is not shown over the fields
        self.stack.setCurrentIndex(_RETYPING)
        self.fit()
        place = self._place_words()
        if drawn is not None:
            place = f"{text('retyping.sample', seed=drawn.seed)} · {place}"
        children, seed = self._drawn_of(home)
        self.area.begin(home, place, children, seed, seen_first=seen_first)

    def _place_words(self) -> str:
        return text(
            "second_check.place", place=number(self._at + 1), total=number(len(self._steps))
        )

    def _settled(self, household: str, done: Outcome) -> None:
        """It was typed again: the sheet follows, or of a sample the next household."""
        self.half_done.leave(household)
        self._retyped.add(household)
        self._types_on = True
        words = outcome_words(done)
        self.changed.emit()
        self._begun = True
        if self._sample is None:
            self._came_of_it = words
            if done.taken:
                self._last_reason = text("retyping.taken_reason")
            self._run(partial(self._check.state_of, household), self._restate)
            return
        self._read_villages()
        self.area.tell(words)
        self._go_on()

    def _restate(self, state: PageState | None) -> None:
        if state is not None:
            self._stands(state)
        self._read_page()

    def _nothing_to_retype(self, household: str) -> None:
        self._retyped.add(household)
        self._begun = self._types_on = True
        self._read_page()

    def _show_page(self, asked: int, page: CheckPage) -> None:
        if asked != self._asked or not self._steps:
            return
        self.area.drop_keys()
        before, self._page = self._page, page
        self._steps[self._at] = page.state
        same = before is not None and before.state.household == page.state.household
        if not same:
            self.hide_reason()
        inside = self.stack.isAncestorOf(self.window().focusWidget() or self)
        child, field, _ = self.sheet.place
        self.show_page(page, self._place_words())
        if same:
            self.sheet.go_to(child, field)
        if self._came_of_it:
            self.tell(self._came_of_it)
            self._came_of_it = ""
        self.sheet.guard(up=self._types_on)
        self.show_keys()
        self._types_on = False
        back, self._back_to = self._back_to, None
        if back is not None and back.household == page.state.household:
            self._go_on_returning(back)
        elif (self._begun or inside) and self.reason_card.isHidden():
            self.sheet.setFocus(Qt.FocusReason.OtherFocusReason)
        self._begun = False

    def step(self, by: int) -> None:
        """Go to the next or previous household, waiting or not."""
        if self._steps and not self._writing and not self.area.busy:
            at = max(0, min(len(self._steps) - 1, self._at + by))
            if at == self._at and self._retypes:
                return
            self._at = at
            self._begun = True
            self._read_page()

    def _go_on(self) -> None:
        order = [*range(self._at + 1, len(self._steps)), *range(self._at)]
        found = next((at for at in order if self._is_open(self._steps[at])), None)
        if found is not None:
            self._at = found
        elif self._sample is None:
            self.tell(text("second_check.village_done"))
        else:
            drawn = self._sample
            every = tuple(one.child for one in drawn.drawn)
            ask = partial(self._samples.result, drawn.seed, every)
            self._run(ask, partial(self._say_result, drawn.seed))
        self._read_page()

    def _say_result(self, seed: str, result: SampleResult) -> None:
        """All of a sample was typed again: how well was typed."""
        share = result.mistaken_percent
        self.tell(
            text(
                "retyping.sample_done",
                seed=seed,
                fields=number(result.retyped),
                mistaken=number(result.mistaken),
                percent=decimal(share or 0.0),
            )
        )

    @property
    def _in_sight(self) -> bool:
        """Whether the sheet shows the household that one stands at: a key that comes before it is
        shown was meant for one that nobody has seen yet, and does nothing.
        """
        page, steps = self._page, self._steps
        return (
            page is not None and bool(steps) and page.state.household == steps[self._at].household
        )

    def _go_on_returning(self, place: CheckPlace) -> None:
        """Ask again for the reason that was half typed."""
        raise NotImplementedError

    def _stands(self, state: PageState) -> None:
        """What a household comes to now, in the walk and on the sheet that still shows it."""
        raise NotImplementedError


def _waits(one: PageState) -> bool:
    return one.finished and one.state in (State.NEVER, State.CHANGED)
