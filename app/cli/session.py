"""One run of one command: its settings, its streams, and the way to the services."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from app.cli.interruption import Interruption
from app.cli.options import GlobalOptions
from app.cli.output import Output
from app.cli.passphrase import read_code, read_passphrase
from app.cli.questions import somebody_is_there
from app.errors import KnownError
from app.i18n import error_text, text
from app.settings import Settings

if TYPE_CHECKING:
    from app.services.installation import Unlocked
    from app.services.services import Services
    from app.services.workplace import Progress

#: How a face asks for the data key, and what opens an installation with it (app.bootstrap).
Unlock: TypeAlias = "Callable[[Settings], Unlocked]"
OpenServices: TypeAlias = "Callable[[Settings, Unlock], Services]"


@dataclass(slots=True)
class Session:
    """What a command function works with."""

    options: GlobalOptions
    output: Output
    open_services: OpenServices
    interruption: Interruption = field(default_factory=Interruption)

    @property
    def settings(self) -> Settings:
        """Home and language of this run."""
        return self.options.settings

    @property
    def asks(self) -> bool:
        """Whether a question can be put to somebody: at a terminal, and not with `--json`."""
        return not self.output.as_json and somebody_is_there()

    def open(self, unlock: Unlock | None = None) -> Services:
        """Open the installation; to be used in a `with` block. Without `unlock` by passphrase.

        Says so when its store is damaged: it is only read then. A store that is due for its weekly
        checkup gets it here if that takes a moment.
        """
        services = self.open_services(self.settings, unlock or self.unlock)
        services.workplace.committing = self.interruption.committing
        try:
            self._look_over(services)
        except BaseException:
            services.close()
            raise
        return services

    def _look_over(self, services: Services) -> None:
        from app.services import checkup

        workplace = services.workplace
        refusal = workplace.store.refusal
        if refusal is None and checkup.due(workplace):
            if checkup.small(workplace):
                try:
                    refusal = checkup.look_over(workplace)
                except KnownError as error:
                    # No room for a copy, say: told, tried again next time, nobody is stopped.
                    self.output.note(error_text(error))
            else:
                self.output.note(text("cli.checkup_due"))
        if refusal is not None:
            self.output.note(error_text(refusal))
        if workplace.came_back:
            self.output.note(text("cli.came_back"))

    def new_passphrase(self) -> str:
        """A passphrase for something new; a person types it twice."""
        return read_passphrase(self.options.passphrase_file, new=True)

    def unlock(self, settings: Settings) -> Unlocked:
        """Open the data key with the passphrase of this run."""
        from app.services.installation import unlock

        passphrase = read_passphrase(self.options.passphrase_file)
        return unlock(settings, passphrase, self.options.user or None)

    def unlock_by_code(self, file: Path | None) -> Unlock:
        """How to open the data key with the recovery code, read from `file` or asked for."""

        def unlock(settings: Settings) -> Unlocked:
            from app.services.installation import unlock_with_recovery

            return unlock_with_recovery(settings, read_code(file), self.options.user)

        return unlock

    @contextmanager
    def progress(self, what: str) -> Iterator[Progress]:
        """Progress of long work, shown as `what` (a message id); Ctrl+C stops it cleanly."""
        from app.services.workplace import Progress

        steps = self.output.steps(what)
        try:
            with self.interruption.at_next_step():
                yield Progress(steps.show, lambda: self.interruption.asked, steps.phase)
        finally:
            steps.end()
