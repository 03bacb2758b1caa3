"""What a sign-in name and a passphrase may be."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import pytest

from app.errors import KnownError
from app.i18n import LANGUAGES, set_language, text
from app.services.sign_in import check_passphrase, sign_in_name


@pytest.fixture(params=LANGUAGES)
def each_language(request: pytest.FixtureRequest) -> Iterator[str]:
    set_language(request.param)
    yield request.param
    set_language("vi")


@pytest.mark.parametrize(
    "passphrase",
    [
        "aaaaaaaa",
        "ÁÀẢÃẠĂÂÁ",
        "abababab",
        "lan lan lan",
        "12345678",
        "87654321",
        "1234567890",
        "abcdefgh",
        "ABCDEFGH",
        "abcđeghi",
        "qwertyui",
        "abc12345",
        "111222333",
        "1234 5678",
        "!@#$%^&*",
        "........",
        "12-34-56-78",
        "Mật khẩu 123",
        "password1",
        "1qaz2wsx",
        "a b c d e",
    ],
)
def test_what_everybody_tries_first_is_no_passphrase(passphrase: str) -> None:
    for spelling in ("NFC", "NFD"):
        with pytest.raises(KnownError) as refused:
            check_passphrase(unicodedata.normalize(spelling, passphrase))
        assert refused.value.message_id == "install.easy_passphrase"


@pytest.mark.parametrize(
    ("name", "passphrase"),
    [
        ("hatrang", "hatrang1"),
        ("lan", "lan12345"),
        ("lan", "Lan.lan.lan!"),
        ("hà", "Hà 20051983"),
        ("ha.trang", "hatrang!"),
        ("thanhxuan", "ThanhXuan"),
    ],
)
def test_the_sign_in_name_is_no_passphrase(name: str, passphrase: str) -> None:
    with pytest.raises(KnownError) as refused:
        check_passphrase(passphrase, name)
    assert refused.value.message_id == "install.name_as_passphrase"


@pytest.mark.parametrize(
    "passphrase",
    [
        "một câu dễ nhớ",
        "banthu123",
        "mưa chiều thứ ba",
        "lan đi chợ",
        "an cư lạc nghiệp",
        "94718263",
        "k!p@c#d$",
        "matkhaucualan",
        "abcdefghz",
    ],
)
def test_what_is_not_easily_guessed_is_taken(passphrase: str) -> None:
    check_passphrase(passphrase)
    check_passphrase(passphrase, "an")
    check_passphrase(passphrase, "lan")


@pytest.mark.parametrize("marked", ["hà", "Đức", "thu.hà", "thu-hà", "thu_hà", "lan2"])
def test_the_hint_on_the_first_page_says_what_the_rule_says(
    each_language: str, marked: str
) -> None:
    assert sign_in_name(marked) == marked
    for said in (text("first.user_hint"), text("account.name", most=40)):
        told = {"vi": "có dấu", "en": "with or without marks"}[each_language]
        assert told in said or "with marks or without" in said


@pytest.mark.parametrize("name", ["thu hà", "hà!", "", "x" * 41])
def test_what_is_no_sign_in_name_is_refused(name: str) -> None:
    with pytest.raises(KnownError):
        sign_in_name(name)
