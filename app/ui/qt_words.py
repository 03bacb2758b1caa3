"""Qt's own words in the language of the window: no Vietnamese catalogue of Qt ships with it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTranslator

from app.i18n import catalogue, language


class QtWords(QTranslator):
    """Answers Qt's questions for a word from our sentences; unknown ones stay as they are."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        words = catalogue(language())
        self._words = {
            source: words[f"qt.{name}"] for source, name in _NAMES.items() if f"qt.{name}" in words
        }

    def isEmpty(self) -> bool:  # noqa: N802 -- Qt's name
        return not self._words

    def translate(
        self,
        context: str,  # noqa: ARG002 -- one word means one thing in the whole window
        sourceText: str,  # noqa: N803 -- Qt's name
        disambiguation: str | None = None,  # noqa: ARG002
        n: int = -1,  # noqa: ARG002
    ) -> str | None:
        return self._words.get(sourceText)


_NAMES = {
    "OK": "ok",
    "&OK": "ok",
    "Cancel": "cancel",
    "&Cancel": "cancel",
    "&Yes": "yes",
    "&No": "no",
    "Close": "close",
    "&Close": "close",
    "Save": "save",
    "&Save": "save",
    "&Open": "open",
    "Open": "open",
    "&Choose": "choose",
    "&Undo": "undo",
    "&Redo": "redo",
    "Cu&t": "cut",
    "&Copy": "copy",
    "&Paste": "paste",
    "Delete": "delete",
    "Select All": "select_all",
    "&Look in:": "look_in",
    "File &name:": "file_name",
    "Files of &type:": "file_type",
    "Directories": "folders",
    "Folder": "a_folder",
    "File": "a_file",
    "Drive": "a_drive",
    "Directory:": "folder",
    "Back": "back",
    "Forward": "forward",
    "Parent Directory": "parent_folder",
    "Create New Folder": "new_folder",
    "List View": "list_view",
    "Detail View": "detail_view",
    "Computer": "computer",
    "Name": "name",
    "Size": "size",
    "Type": "type",
    "Date Modified": "modified",
    "Print": "print",
    "&Print": "print",
}
