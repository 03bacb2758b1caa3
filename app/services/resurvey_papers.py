"""The sheets of a re-survey as documents for printing: the list to visit with, and the result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import ceil, floor

from app.forms.catalogue import Catalogue
from app.forms.retyped import resurveyed_names
from app.reports.document import Document
from app.reports.document_texts import document_texts
from app.reports.resurvey_sheets import ResurveyFacts, SheetLine, survey_list, survey_result
from app.services.handover_accepted import as_held
from app.services.handover_values import found_handover, iso_day, number_of, text_of
from app.services.parties import unit_in_sentence
from app.services.rights import Right
from app.services.surveys import Finding, Survey, SurveyLine
from app.services.workplace import Workplace


class ResurveyPapers:
    """Use cases of printing."""

    def __init__(self, workplace: Workplace) -> None:
        self._workplace = workplace

    def print(
        self, survey: Survey, put: Callable[[Document], None], *, result: bool = False
    ) -> None:
        """Let the list of the households to visit, with room to write, or the `result` so far be
        written by `put`; what it raises stops this. That it was printed is on record once it
        stands. Raises KnownError `rights.denied`.
        """
        self._workplace.require(Right.PRINT)
        self._workplace.require(Right.READ)
        make = survey_result if result else survey_list
        put(make(self._facts(survey), document_texts("resurvey")))
        what = "result" if result else "list"
        self._workplace.audit("resurvey.printed", handover=survey.handover, what=what)

    def _facts(self, survey: Survey) -> ResurveyFacts:
        workplace = self._workplace
        with workplace.store.read() as reading:
            known = found_handover(reading, survey.handover)
            found = as_held(reading, workplace.tree, workplace.unit, [known])[known.id][0].values
        codes = workplace.catalogue.code_list("survey_findings")
        count, certain = survey.count, survey.share
        labels = field_labels(workplace.catalogue)
        return ResurveyFacts(
            giver=unit_in_sentence(workplace, text_of(found, "owner_unit")),
            seq=number_of(found, "sent_seq"),
            village=survey.village,
            name=survey.name,
            seed=survey.seed,
            drawn=survey.drawn,
            of=survey.of,
            erased=len(survey.erased),
            on=iso_day(survey.on),
            dated=workplace.today(),
            lines=tuple(self._line(one, labels) for one in survey.lines),
            results=tuple((codes.label(one.value, "vi"), count[one]) for one in Finding),
            typed=len(survey.results),
            wrong=survey.wrong,
            missing=survey.missing,
            percent="" if certain is None else tenths(certain.percent),
            low="" if certain is None else str(floor(certain.low)),
            high="" if certain is None else str(ceil(certain.high)),
            exact=certain is not None and certain.low == certain.high,
            fields=tuple((labels.get(name, name), n) for name, n in survey.fields.most_common()),
        )

    def _line(self, one: SurveyLine, labels: Mapping[str, str]) -> SheetLine:
        if one.found is None:
            return SheetLine(one.place, one.number, one.head, one.children)
        codes = self._workplace.catalogue.code_list("survey_findings")
        return SheetLine(
            one.place,
            one.number,
            one.head,
            one.children,
            codes.label(one.found.finding.value, "vi"),
            tuple(labels.get(name, name) for name in one.found.fields),
            one.found.finding is Finding.AGREES,
        )


def field_labels(catalogue: Catalogue) -> dict[str, str]:
    """Field that a visit may find to differ → what the book calls it, in Vietnamese as all papers
    are. Only of these: another field of the other form may have the same name.
    """
    return {
        one.name: one.label.vi
        for form, names in resurveyed_names().items()
        for one in catalogue.newest(form).fields_of(form)
        if one.name in names
    }


def tenths(percent: float) -> str:
    """A share as people here write it: with a comma."""
    return f"{percent:.1f}".replace(".", ",")
