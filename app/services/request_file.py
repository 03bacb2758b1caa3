"""The file by which a PC asks for a certificate: one request, two where its unit enrols others."""

from __future__ import annotations

import re
from pathlib import Path

from app.crypto.certificate import ChainFailure
from app.crypto.enrolment import StationRequest, read_request
from app.errors import KnownError
from app.plain_files import FileTooLarge, read_small

MAX_REQUEST_FILE = 64 * 1024
BLOCK = re.compile(
    rb"-----BEGIN CERTIFICATE REQUEST-----\n.*?-----END CERTIFICATE REQUEST-----\n", re.DOTALL
)


def read_requests(file: Path) -> tuple[bytes, list[StationRequest]]:
    """The bytes of a request file and the one or two requests in it.

    Raises KnownError `enrol.bad_request`, `enrol.unreadable`.
    """
    try:
        content = read_small(file, MAX_REQUEST_FILE)
    except FileTooLarge as error:
        raise KnownError("enrol.bad_request", "enrol.bad_request_hint", file=file.name) from error
    except OSError as error:
        raise KnownError("enrol.unreadable", "enrol.unreadable_hint", file=file.name) from error
    blocks = BLOCK.findall(content)
    try:
        requests = [read_request(block) for block in blocks]
    except ChainFailure as error:
        raise KnownError("enrol.bad_request", "enrol.bad_request_hint", file=file.name) from error
    if not 1 <= len(requests) <= 2 or b"".join(blocks) != content:
        raise KnownError("enrol.bad_request", "enrol.bad_request_hint", file=file.name)
    if any((one.station, one.unit) != (requests[0].station, requests[0].unit) for one in requests):
        raise KnownError("enrol.bad_request", "enrol.bad_request_hint", file=file.name)
    return content, requests
