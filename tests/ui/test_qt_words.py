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
    QMessageBox,
    QTabWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from app.i18n import catalogue
from app.ui.qt_words import QtWords

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
