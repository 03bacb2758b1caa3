"""What the window does beside the work unasked: proving the store sound, the backup of the day."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from app.errors import AppError, KnownError
from app.services import checkup
from app.services.services import Services
from app.services.workplace import Progress
from app.ui.tasks import Tasks, Ticket, Watch

#: Milliseconds between two questions whether the backup of the day is due.
_BACKUP_ASKED = 3_600_000


class Upkeep(QObject):
    """Upkeep of an opened store."""

    backed_up = Signal()

    def __init__(
        self,
        tasks: Tasks,
        services: Services,
        say_error: Callable[[AppError], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._services = services
        self._say_error = say_error
        self._checkup: Ticket[KnownError | None] | None = None
        self._hourly = QTimer(self)
        self._hourly.setInterval(_BACKUP_ASKED)
        self._hourly.timeout.connect(self._back_up)

    def begin(self) -> None:
        """Look the store over if it is time to, back it up if that is due; ask again every hour."""
        self._look_over()
        self._back_up()
        self._hourly.start()

    def stop(self) -> None:
        """The store is about to be closed."""
        self._hourly.stop()
        if self._checkup is not None:
            self._checkup.cancel()

    def _look_over(self) -> None:
        """Prove beside the work that the store is sound, if it is time to."""
        workplace = self._services.workplace
        refusal = workplace.store.refusal
        if refusal is not None:
            self._say_error(refusal)
            return

        def op(watch: Watch) -> KnownError | None:
            if not checkup.due(workplace):
                return None
            return checkup.look_over(workplace, Progress(watch.report, watch.cancelled))

        def done(found: KnownError | None) -> None:
            if found is not None:
                self._say_error(found)

        def failed(error: AppError) -> None:
            if error.message_id != "work.cancelled":  # nobody asked for it, and nobody waits
                self._say_error(error)

        self._checkup = self._tasks.run_watched(
            op, done, failed, lambda _done, _total: None, owner=self
        )

    def _back_up(self) -> None:
        """Make the backup of the day beside the work: who only types would never have one."""

        def done(made: bool) -> None:
            if made:
                self.backed_up.emit()

        self._tasks.run(self._services.backups.daily, done, self._say_error, owner=self)
