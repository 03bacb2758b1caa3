"""The text form of age files (PEM-like armour). Bundles never use it; keys sent by mail may.

Strict: lines of 64 columns, padded canonical base64, nothing but white space around. Line ends may
be LF or CRLF. Raises ArmorFailure (`age_header`).
"""

from __future__ import annotations

import base64
import binascii

from app.crypto.age_header import ArmorFailure, Source

_BEGIN = b"-----BEGIN AGE ENCRYPTED FILE-----"
_END = b"-----END AGE ENCRYPTED FILE-----"
_COLUMNS = 64
_MAX_LINE = 128
_MAX_BLANK = 1024


class ArmorReader:
    """Turns armour into the bytes of the age file, line by line."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._text = bytearray()
        self._data = bytearray()
        self._begun = False
        self._short = False
        self._ended = False

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; fewer only at the end. Raises ArmorFailure."""
        if not self._begun:
            self._begin()
        while len(self._data) < size and not self._ended:
            self._take_line()
        data = bytes(self._data[:size])
        del self._data[:size]
        return data

    def _begin(self) -> None:
        blank = 0
        while not (line := self._line()).strip(b" \t"):
            blank += len(line) + 1
            if blank > _MAX_BLANK:
                raise ArmorFailure("leading-space")
        if line != _BEGIN:
            raise ArmorFailure("begin-line")
        self._begun = True

    def _take_line(self) -> None:
        line = self._line()
        if line == _END:
            self._ended = True
            self._check_rest()
            return
        if self._short or not line or len(line) > _COLUMNS:
            raise ArmorFailure("line-length")
        try:
            data = base64.b64decode(line, validate=True)
        except binascii.Error:
            raise ArmorFailure("base64") from None
        if base64.b64encode(data) != line:
            raise ArmorFailure("base64-not-canonical")
        # A line that is short or padded can only be the last one.
        self._short = len(line) < _COLUMNS or line.endswith(b"=")
        self._data += data

    def _line(self) -> bytes:
        while (end := self._text.find(b"\n")) < 0:
            if len(self._text) > _MAX_LINE:
                raise ArmorFailure("line-length")
            more = self._source.read(4096)
            if not more:
                return self._last_line()
            self._text += more
        line = bytes(self._text[:end])
        del self._text[: end + 1]
        return line.removesuffix(b"\r")

    def _last_line(self) -> bytes:
        """The END line may lack its line end; anything else that stops here was cut."""
        line = bytes(self._text)
        self._text.clear()
        if not line:
            raise ArmorFailure("cut")
        return line

    def _check_rest(self) -> None:
        seen = 0
        while rest := bytes(self._text) or self._source.read(4096):
            self._text.clear()
            seen += len(rest)
            if rest.strip(b" \t\r\n") or seen > _MAX_BLANK:
                raise ArmorFailure("trailing-data")
