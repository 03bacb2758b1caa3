"""A notifier that records what was said and answers questions as told."""

from __future__ import annotations

from collections.abc import Iterable

from app.ui.notify import Kind, Notice, Question


class RecordingNotifier:
    """Keeps every notice; `answers` are given to the questions in turn."""

    def __init__(self, answers: Iterable[str] = ()) -> None:
        self.notices: list[Notice] = []
        self.questions: list[Question] = []
        self.answers = list(answers)

    def say(self, notice: Notice) -> None:
        self.notices.append(notice)

    def ask(self, question: Question) -> str:
        self.questions.append(question)
        answer = self.answers.pop(0)
        assert answer in {choice.id for choice in question.choices}
        return answer

    def dismiss_topic(self, topic: str) -> None:
        self.notices = [one for one in self.notices if one.topic != topic]

    def said(self, kind: Kind) -> list[str]:
        return [notice.text for notice in self.notices if notice.kind is kind]
