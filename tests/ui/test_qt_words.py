"""The dialogs that Qt makes itself speak the language of the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QSpinBox,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from app.i18n import catalogue
from app.ui.qt_words import _NAMES, QtWords

_OURS = {said for name, said in catalogue("vi").items() if name.startswith("qt.")}


@pytest.fixture
def words(qapp: QApplication) -> Iterator[None]:
    translator = QtWords(qapp)
    qapp.installTranslator(translator)
    yield
    qapp.removeTranslator(translator)


@pytest.mark.usefixtures("words")
def test_a_dialog_that_asks_for_a_folder_has_no_english_word(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "TEBUNDLE").mkdir()
    (tmp_path / "a").write_text("")
    dialog = QFileDialog(None, "", str(tmp_path))
    qtbot.addWidget(dialog)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setViewMode(QFileDialog.ViewMode.Detail)
    dialog.show()
    view = dialog.findChild(QAbstractItemView, "treeView")
    assert view is not None
    model = view.model()
    # Files come in as they are found; the folder stands above them when both are there.
    qtbot.waitUntil(lambda: model.index(0, 0, view.rootIndex()).data() == "TEBUNDLE")
    across = Qt.Orientation.Horizontal
    said = {one.text() for one in dialog.findChildren(QLabel) if one.isVisible()}
    said |= {model.headerData(at, across) for at in range(model.columnCount())}
    said |= {one.itemText(0) for one in dialog.findChildren(QComboBox, "fileTypeCombo")}
    said |= {
        button.text() for box in dialog.findChildren(QDialogButtonBox) for button in box.buttons()
    }
    folder = model.index(0, 2, view.rootIndex())
    said.add(str(folder.data()))
    assert {one for one in said if one} - _OURS == set()


def _said(dialog: QWidget) -> set[str]:
    """Every word that a dialog shows or would show: labels, buttons, lists, tabs, menus, tips."""
    said = {dialog.windowTitle()}
    for one in (dialog, *dialog.findChildren(QWidget)):
        said.add(one.toolTip())
        said |= {action.text() for action in one.actions()}
        if isinstance(one, QLabel | QAbstractButton):
            said.add(one.text())
        if isinstance(one, QGroupBox):
            said.add(one.title())
        if isinstance(one, QComboBox):
            said |= {one.itemText(at) for at in range(one.count())}
        if isinstance(one, QTabWidget):
            said |= {one.tabText(at) for at in range(one.count())}
    return {one for one in said if any(letter.isalpha() for letter in one)}


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize("saving", [False, True])
def test_dialogs_that_open_and_save_files_have_no_english_word(
    qtbot: QtBot, tmp_path: Path, saving: bool
) -> None:
    dialog = QFileDialog(None, "", str(tmp_path))
    qtbot.addWidget(dialog)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    if saving:
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    else:
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.show()
    columns = {f"Hiện {one}" for one in _OURS}
    assert _said(dialog) - _OURS - columns - {str(tmp_path)} == set()


@pytest.mark.usefixtures("words")
def test_the_dialog_that_prints_where_the_system_has_none_has_no_english_word() -> None:
    printer = QPrinter()
    dialog = QPrintDialog(printer)
    dialog.show()
    said = _said(dialog)
    delete(dialog)  # it must not outlive its printer
    assert said - _OURS == set()


@pytest.mark.usefixtures("words")
def test_the_menu_of_a_field_has_no_english_word(qtbot: QtBot) -> None:
    field = QLineEdit("Phạm Thị Hân")
    qtbot.addWidget(field)
    menu = field.createStandardContextMenu()
    said = {action.text().partition("\t")[0] for action in menu.actions()}
    assert {one for one in said if one} - _OURS == set()
    menu.deleteLater()


@pytest.mark.usefixtures("words")
def test_a_file_that_is_there_is_asked_about_in_the_language_of_the_window(
    qtbot: QtBot, tmp_path: Path
) -> None:
    (tmp_path / "so.xlsx").write_text("")
    dialog = QFileDialog(None, "", str(tmp_path))
    qtbot.addWidget(dialog)
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.selectFile("so.xlsx")
    dialog.show()
    asked: list[str] = []

    def answer() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            asked.extend((box.text(), *(button.text() for button in box.buttons())))
            box.reject()
        else:
            QTimer.singleShot(20, answer)

    QTimer.singleShot(20, answer)
    dialog.accept()
    assert asked == ["so.xlsx đã có rồi.\nGhi đè lên tệp ấy?", "Có", "Không"]


#: Names of keys stay as they stand on the keys; which way the text runs is no word.
_NO_WORDS = frozenset(("QShortcut", "QGuiApplication"))


class _Listening(QtWords):
    """Ours, noting what it has no word for."""

    def __init__(self, parent: QApplication) -> None:
        super().__init__(parent)
        self.unknown: set[str] = set()

    def translate(
        self,
        context: str,
        sourceText: str,  # noqa: N803 -- Qt's name
        disambiguation: str | None = None,
        n: int = -1,
    ) -> str | None:
        said = super().translate(context, sourceText, disambiguation, n)
        is_keys = sourceText.startswith(("Alt+", "Ctrl+", "Shift+"))
        known = context in _NO_WORDS or is_keys
        if said is None and not known:
            self.unknown.add(sourceText)
        return said


def test_no_dialog_and_no_menu_of_qt_asks_for_a_word_that_is_missing(
    qapp: QApplication, qtbot: QtBot, tmp_path: Path
) -> None:
    listening = _Listening(qapp)
    qapp.installTranslator(listening)
    try:
        for saving in (False, True):
            dialog = QFileDialog(None, "", str(tmp_path))
            qtbot.addWidget(dialog)
            dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
            if saving:
                dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.show()
        box = QMessageBox()
        qtbot.addWidget(box)
        buttons = QMessageBox.StandardButton
        box.setStandardButtons(buttons.Yes | buttons.No | buttons.Save | buttons.Cancel)
        box.setDetailedText("…")
        box.show()
        asked = 0
        for field in (QLineEdit("chữ"), QPlainTextEdit("chữ")):
            qtbot.addWidget(field)
            menu = field.createStandardContextMenu()
            asked += len(menu.actions()) if isinstance(menu, QMenu) else 0
        spin = QSpinBox()
        qtbot.addWidget(spin)
        spin.show()
        qapp.processEvents()
    finally:
        qapp.removeTranslator(listening)
    assert asked > 10
    assert listening.unknown == set()


def test_every_word_of_qt_is_in_both_languages_with_its_places_kept() -> None:
    for source, name in _NAMES.items():
        for language in ("vi", "en"):
            said = catalogue(language)[f"qt.{name}"]
            assert said.count("%1") == source.count("%1"), (language, name)
