"""The look of an official document, in one place.

Every value follows Decree 30/2020/ND-CP, annex I; the section is named beside it. Part I gives the
paper and the type, part II the elements of the form, part III the elements added when needed. Where
the decree leaves a range, the value chosen lies inside it, never on its edge.
"""

from __future__ import annotations

from typing import Final

from app.reports.document import Align, PageStyle, TextStyle

#: Annex I part I.7: number in Arabic figures, 13-14, centred in the top margin, not on page 1.
PAGE_NUMBER: Final = TextStyle(size=13, align=Align.CENTER)
#: Last line of the text area (not of the form): which copy this is and the code of its file.
FOOTER: Final = TextStyle(size=10, italic=True)

#: Part I.1-I.4: A4 upright; top and bottom 20-25 mm, left 30-35 mm, right 15-20 mm.
A4_PORTRAIT: Final = PageStyle(
    width=210, height=297, top=21, bottom=21, left=31, right=19, number=PAGE_NUMBER, footer=FOOTER
)

#: Part I.2: a text with tables that are no annex may lie across A4; the margins are the same.
A4_LANDSCAPE: Final = PageStyle(
    width=297, height=210, top=20, bottom=20, left=30, right=15, number=PAGE_NUMBER, footer=FOOTER
)

#: Part II.1: name of the state, capitals, 12-13, upright, bold.
STATE: Final = TextStyle(size=12, bold=True, caps=True, align=Align.CENTER)
#: Part II.1: motto, 13-14, upright, bold, a rule of the same length under it.
MOTTO: Final = TextStyle(size=13, bold=True, align=Align.CENTER)
MOTTO_RULE: Final = 1.0
#: Part II.2: governing body, capitals, 12-13, upright.
GOVERNING_BODY: Final = TextStyle(size=12, caps=True, align=Align.CENTER)
#: Part II.2: issuing body, capitals, 12-13, bold, a rule of 1/3 to 1/2 of its length under it.
ISSUING_BODY: Final = TextStyle(size=12, bold=True, caps=True, align=Align.CENTER)
ISSUING_BODY_RULE: Final = 0.42
#: Part II.3: number and symbol, 13, upright, centred under the issuing body.
NUMBER_LINE: Final = TextStyle(size=13, align=Align.CENTER)
#: Part II.4: place and date, 13-14, italic, centred under the motto.
PLACE_AND_DATE: Final = TextStyle(size=13, italic=True, align=Align.CENTER)
#: Share of the width for the body's names and for the state's name.
HEADER_SHARES: Final = (0.42, 0.58)

#: Part II.5: kind of document, capitals, 13-14, bold.
KIND: Final = TextStyle(size=14, bold=True, caps=True, align=Align.CENTER, before=18)
#: Part II.5: summary, 13-14, bold, a rule of 1/3 to 1/2 of its length under it.
SUBJECT: Final = TextStyle(size=14, bold=True, align=Align.CENTER)
SUBJECT_RULE: Final = 0.4

_INDENT = 12.7
#: Part II.6: body 13-14, justified, first line 1 or 1.27 cm, at least 6 pt between paragraphs,
#: line spacing from single to 1.5.
BODY: Final = TextStyle(
    size=13, align=Align.JUSTIFY, first_indent=_INDENT, before=6, line_spacing=1.08
)
#: Part II.6: grounds, italic, each on a line of its own.
GROUND: Final = TextStyle(
    size=13, italic=True, align=Align.JUSTIFY, first_indent=_INDENT, before=6, line_spacing=1.08
)
#: Part II.6: numbered heading of an item, upright, bold.
ITEM: Final = TextStyle(
    size=13, bold=True, align=Align.JUSTIFY, first_indent=_INDENT, before=6, line_spacing=1.08
)
#: One line of a form: a label and room for its value.
FIELD: Final = TextStyle(size=13, first_indent=_INDENT, before=6, line_spacing=1.08)
FIELD_RIGHT: Final = TextStyle(size=13, before=6, line_spacing=1.08)

#: Part II.7: authority and title of who signs, capitals, 13-14, bold.
SIGNER: Final = TextStyle(size=13, bold=True, caps=True, align=Align.CENTER)
#: Hint under it (annex V writes it in italic).
SIGNER_HINT: Final = TextStyle(size=13, italic=True, align=Align.CENTER)
#: Part II.7: name of who signs, 13-14, bold, without academic titles.
SIGNER_NAME: Final = TextStyle(size=13, bold=True, align=Align.CENTER)
#: Room for a signature and a stamp, in points (about 25 mm).
SIGNATURE_ROOM: Final = 70.0

#: Part II.9: recipients, the label 12, bold italic; the lines 11, upright.
RECIPIENTS_LABEL: Final = TextStyle(size=12, bold=True, italic=True)
RECIPIENT: Final = TextStyle(size=11)

#: Part III.1: number of the annex bold 14 centred; its title capitals 13-14 bold; reference italic.
ANNEX_NUMBER: Final = TextStyle(size=14, bold=True, align=Align.CENTER)
ANNEX_TITLE: Final = TextStyle(size=13, bold=True, caps=True, align=Align.CENTER, before=3)
ANNEX_REFERENCE: Final = TextStyle(size=13, italic=True, align=Align.CENTER, before=3)
ANNEX_RULE: Final = 0.4

#: Part III.2: mark of restricted use, capitals, 13-14, bold, framed.
RESTRICTED: Final = TextStyle(size=13, bold=True, caps=True, align=Align.CENTER)

#: Tables and the panel that binds the paper to the file (the decree sets no size for them).
TABLE_HEAD: Final = TextStyle(size=12, bold=True, align=Align.CENTER)
TABLE_CELL: Final = TextStyle(size=12)
PANEL: Final = TextStyle(size=12, before=2)
PANEL_NOTE: Final = TextStyle(size=11, italic=True, before=3)
DIGEST: Final = TextStyle(size=13, bold=True, before=2)
NOTE: Final = TextStyle(size=11, italic=True, align=Align.JUSTIFY, before=4)
