"""Reading the XML parts of a workbook as a stream of events, without ever building a tree.

A document type declaration is refused, so there are no entities to expand; nothing external is
looked up. Namespaces are not compared: the transitional and the strict form of the format
(ISO/IEC 29500) differ in them and in nothing that is read here.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from xml.parsers import expat

from app.workbooks.cells import BadFile

_BLOCK = 1 << 17
#: Longest text of one cell. Excel holds 32,767 characters.
MAX_TEXT = 1 << 20

Start = Callable[[str, Mapping[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]


class _Refused(Exception):
    """Inside a part: a declaration that has no business there."""


def local_name(name: str) -> str:
    """`row` for `x:row`."""
    return name.rpartition(":")[2]


def events(
    archive: zipfile.ZipFile,
    part: str,
    file: str,
    start: Start,
    end: End,
    text: Text,
    place: Callable[[], str] = lambda: "",
    sieve: Callable[[bytes], bytes] = lambda block: block,
) -> Iterator[None]:
    """Feed a part through the three handlers; yields after every block read.

    Names are passed as they stand (see `local_name`). `place` tells where in the part reading is,
    for the error; `sieve` sees every block before the parser. Raises BadFile when the part is
    missing, cut or not well formed.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.buffer_size = 1 << 16
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse
    try:
        with archive.open(part) as stream:
            while block := stream.read(_BLOCK):
                parser.Parse(sieve(block), False)
                yield
            parser.Parse(b"", True)
            yield
    except KeyError as problem:
        raise BadFile("damaged", file, place=part) from problem
    except _Refused as problem:
        raise BadFile("entities", file) from problem
    except (expat.ExpatError, zipfile.BadZipFile, zlib.error, EOFError) as problem:
        raise BadFile("damaged", file, place=place() or part) from problem
    except OSError as problem:  # the stick was pulled out
        raise BadFile("unreachable", file) from problem
    except NotImplementedError as problem:  # a compression this Python does not know
        raise BadFile("damaged", file, place=part) from problem


def _refuse(*_declaration: object) -> None:
    raise _Refused


def read_part(
    archive: zipfile.ZipFile, part: str, file: str, start: Start, end: End, text: Text
) -> None:
    """`events` for a small part, read to its end at once."""
    for _ in events(archive, part, file, start, end, text):
        pass
