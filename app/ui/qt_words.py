"""Qt's own words in the language of the window: no Vietnamese catalogue of Qt ships with it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTranslator

from app.i18n import catalogue, language


class QtWords(QTranslator):
    """Answers Qt's questions for a word from our sentences; unknown ones stay as they are."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.follow()

    def follow(self) -> None:
        """Answer in the language that is in force now."""
        words = catalogue(language())
        self._words = {
            # A word that Qt sets before another brings its space along.
            source: words[f"qt.{name}"] + " " * source.endswith(" ")
            for source, name in _NAMES.items()
            if f"qt.{name}" in words
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
    # The dialogs of Qt itself: files, folders, and printing where the system has none.
    "All Files (*)": "all_files",
    "%1 already exists.\nDo you want to replace it?": "already_exists",
    "All Pages": "all_pages",
    "Collate": "collate",
    "Color": "color",
    "Color Mode": "color_mode",
    "Copies": "copies",
    "Copies:": "copies_of",
    "Current Page": "current_page",
    "Are you sure you want to delete '%1'?": "delete_sure",
    "&Delete": "do_delete",
    "&Rename": "do_rename",
    "Double Sided Printing": "double_sided",
    "Even Pages": "even_pages",
    "%1\nFile not found.\nPlease verify the correct file name was given.": "file_not_found",
    "Find Directory": "find_folder",
    "Could not delete directory.": "folder_not_deleted",
    (
        "%1\nDirectory not found.\nPlease verify the correct directory name was given."
    ): "folder_not_found",
    "Grayscale": "grayscale",
    "Show &hidden files": "hidden_files",
    "Local file": "local_file",
    "Long side binding": "long_side",
    "&New Folder": "make_folder",
    "Odd Pages": "odd_pages",
    "Off": "off",
    "Options": "options",
    "&Options <<": "options_less",
    "&Options >>": "options_more",
    "Output &file:": "output_file",
    "Output Settings": "output_settings",
    "Page &Set:": "page_set",
    "Pages": "pages",
    "Pages from": "pages_from",
    (
        "Specify pages or ranges separated by commas. Ranges are specified by two "
        "numbers separated by a hyphen. E.g: 3,5-7,9 prints pages 3, 5, 6, 7 and 9."
    ): "pages_how",
    "to": "pages_to",
    "Preview": "preview",
    "Print all": "print_all",
    "Print range": "print_range",
    "Print to File (PDF)": "print_to_pdf",
    "Printer": "printer",
    "&Name:": "printer_name",
    "Location:": "printer_place",
    "Type:": "printer_type",
    "P&roperties": "properties",
    "Remove": "remove",
    "Reverse": "reverse",
    "Save As": "save_as",
    "Selection": "selection",
    "Short side binding": "short_side",
    "Show ": "show_column",
    "Write PDF file": "write_pdf",
    "'%1' is write protected.\nDo you want to delete it anyway?": "write_protected",
    # Menus of fields, of boxes and of scroll bars; what a screen reader says of the dialogs.
    "New Folder": "new_folder_name",
    "All files (*)": "all_files_too",
    "Change to detail view mode": "to_details",
    "Change to list view mode": "to_list",
    "Create a New Folder": "create_folder",
    "Files": "files",
    "Go back": "go_back",
    "Go forward": "go_forward",
    "Go to the parent directory": "go_up",
    "List of places and bookmarks": "places",
    "Sidebar": "sidebar",
    "Unknown": "unknown",
    "Recent Places": "recent",
    "My Computer": "my_computer",
    "Discard": "discard",
    "Retry": "retry",
    "Show Details...": "show_details",
    "Hide Details...": "hide_details",
    "&Step up": "step_up",
    "Step &down": "step_down",
    "Scroll here": "scroll_here",
    "Top": "to_top",
    "Bottom": "to_bottom",
    "Page up": "page_up",
    "Page down": "page_down",
    "Scroll up": "scroll_up",
    "Scroll down": "scroll_down",
    "Left edge": "left_edge",
    "Right edge": "right_edge",
    "Page left": "page_left",
    "Page right": "page_right",
    "Scroll left": "scroll_left",
    "Scroll right": "scroll_right",
    "Copy &Link Location": "copy_link",
    "%1 already exists.\nDo you want to overwrite it?": "overwrite",
    "File %1 is not writable.\nPlease choose a different file name.": "not_writable",
    "%1 is a directory.\nPlease choose a different file name.": "is_folder",
}
