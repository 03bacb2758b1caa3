"""The dialogs that Qt makes itself speak the language of the window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialogButtonBox,
    QFileDialog,
    QLabel,
)
from pytestqt.qtbot import QtBot

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
