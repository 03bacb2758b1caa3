"""What an erasure leaves of a body, and which contents are none."""

from __future__ import annotations

import pytest

from app.history.erasure import content_of, left_of, read_content
from app.history.operation import canonical

CHILD, OP = "00000000-0000-4000-8000-000000000001", bytes(range(32))
BODY = {
    "_key": "child/12/1",
    "full_name": "Phạm Thị Thử",
    "owner_unit": "21010@2024",
    "household": CHILD,
    "disability_types": ["a"],
    "line_no": 1,
}


def test_whose_it_is_and_what_it_belongs_to_stay_and_every_other_field_is_empty():
    assert left_of(BODY) == {
        "full_name": None,
        "owner_unit": "21010@2024",
        "household": CHILD,
        "disability_types": None,
        "line_no": None,
    }


def test_a_content_is_read_as_it_was_written():
    assert read_content(content_of({CHILD: {OP: BODY}})) == {
        CHILD: {OP: canonical(left_of(BODY)).decode()}
    }


@pytest.mark.parametrize(
    "content",
    [
        None,
        5,
        "",
        "[]",
        '{"x":1}',
        f'{{"{CHILD}":{{"00":{{"full_name":null}}}}}}',
        f'{{"{CHILD}":{{"zz":{{"full_name":null}}}}}}',
        f'{{"{CHILD}":{{"{OP.hex()}":{{"full_name":"An"}}}}}}',
        f'{{"{CHILD}":{{"{OP.hex()}":{{"Full Name":null}}}}}}',
        f'{{"{CHILD}":{{"{OP.hex()}":{{"owner_unit":"a\\u0000"}}}}}}',
    ],
)
def test_what_says_more_than_is_left_is_no_content(content):
    assert read_content(content) is None
