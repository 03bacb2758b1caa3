"""One window for a home: a second start rings, the first comes to the front, the second ends.

A marker in the home says that somebody may answer, so that an ordinary start loads no network code
before its first page is painted. Whoever does not answer in time is left alone: the second window
then opens, and is told who holds the home when the passphrase is given. Nothing but "ring" and
"here" is ever said, between programs of one person on one PC.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer

_MARKER = "open-window"
_RING, _HERE = b"ring\n", b"here\n"
#: Milliseconds for each step of ringing.
_PATIENCE = 1500


def ring(home: Path) -> bool:
    """Ask the window that is open on this home to come to the front; False when none answers."""
    if not (home / _MARKER).exists():
        return False
    from PySide6.QtNetwork import QLocalSocket

    line = QLocalSocket()
    line.connectToServer(_name(home))
    if not line.waitForConnected(_PATIENCE):
        return False
    line.write(_RING)
    answered = line.waitForReadyRead(_PATIENCE) and bytes(line.readAll().data()) == _HERE
    line.abort()
    return answered


class Doorbell(QObject):
    """The first window's side. `rung` comes when a second one was started."""

    rung = Signal()

    def __init__(self, home: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._home = home
        self._server: QLocalServer | None = None

    def listen(self) -> None:
        """Answer from now on. Without a way to listen the program works all the same."""
        if self._server is not None or not self._home.is_dir():
            return
        from PySide6.QtNetwork import QLocalServer

        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        # A window that was killed leaves its end behind; a living one would have answered.
        QLocalServer.removeServer(_name(self._home))
        if not server.listen(_name(self._home)):
            return
        server.newConnection.connect(self._answer)
        self._server = server
        with suppress(OSError):  # a home that cannot be written: nobody rings, nothing is lost
            (self._home / _MARKER).touch(mode=0o600)

    def close(self) -> None:
        """Answer no longer."""
        if self._server is not None:
            self._server.close()
            self._server = None
            with suppress(OSError):
                (self._home / _MARKER).unlink(missing_ok=True)

    def _answer(self) -> None:
        while self._server is not None and self._server.hasPendingConnections():
            line = self._server.nextPendingConnection()
            line.disconnected.connect(line.deleteLater)
            line.write(_HERE)
            line.flush()
            self.rung.emit()


def _name(home: Path) -> str:
    """Short, and without the path: names of sockets are seen by everybody on the PC."""
    return "sotreem-" + hashlib.sha256(str(home.resolve()).encode()).hexdigest()[:24]
