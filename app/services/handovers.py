"""Handovers: the giver's side, the receiver's side, and the register of what took place."""

from __future__ import annotations

from app.errors import KnownError
from app.services import trust
from app.services.deliveries import DeliveryRegister
from app.services.handover_kept import KeptBundles
from app.services.handover_looking import Looking
from app.services.handover_peers import Peers
from app.services.handover_people import HandoverPeople
from app.services.handover_receiving import Receiving
from app.services.handover_register import HandoverRegister
from app.services.handover_sending import Check, Sending
from app.services.handover_unfinished import Unfinished
from app.services.import_undo import ImportUndo
from app.services.outgoing_news import Outgoing
from app.services.workplace import Workplace


class HandoverDesk:
    """The sets of use cases around one act."""

    def __init__(self, workplace: Workplace, check: Check) -> None:
        """`check` gives the (errors, warnings) of a check of some units."""
        self._workplace = workplace
        self.sending = Sending(workplace, check)
        self.unfinished = Unfinished(workplace)
        self.receiving = Receiving(workplace)
        self.looking = Looking(workplace, self.receiving)
        self.kept = KeptBundles(workplace, self.receiving)
        self.outgoing = Outgoing(workplace)
        self.people = HandoverPeople(workplace)
        self.register = HandoverRegister(workplace)
        self.undo = ImportUndo(workplace)
        self.deliveries = DeliveryRegister(workplace, self.register, self.kept)
        self.peers = Peers(workplace)

    def missing(self) -> KnownError | None:
        """What this PC lacks before it can hand over or receive, None when it is enrolled."""
        try:
            with self._workplace.store.read() as reading:
                trust.own_station(self._workplace, reading)
        except KnownError as error:
            return error
        return None
