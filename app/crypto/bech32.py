"""Bech32 (BIP 173) as age writes its keys: `age1…` and `AGE-SECRET-KEY-1…`.

Refuses mixed case, a wrong checksum and padding bits that are not zero, so a key has one spelling
in each case. The 90-character limit of BIP 173 does not apply to age.
"""

from __future__ import annotations

_CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUE = {char: value for value, char in enumerate(_CHARSET)}
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def encode(prefix: str, data: bytes) -> str:
    """Bytes to lower-case bech32 with the human-readable `prefix` (lower case)."""
    values = _regroup(data, 8, 5, pad=True)
    check = _polymod([*_expand(prefix), *values, 0, 0, 0, 0, 0, 0]) ^ 1
    values += [(check >> 5 * (5 - place)) & 31 for place in range(6)]
    return prefix + "1" + "".join(_CHARSET[value] for value in values)


def decode(text: str) -> tuple[str, bytes]:
    """(prefix in lower case, bytes). Raises ValueError for anything but correct bech32."""
    if text not in (text.lower(), text.upper()):
        raise ValueError("mixed case")
    prefix, separator, digits = text.lower().rpartition("1")
    if not separator or not prefix or len(digits) < 6 or not prefix.isascii():
        raise ValueError("not bech32")
    try:
        values = [_VALUE[char] for char in digits]
    except KeyError:
        raise ValueError("character outside bech32") from None
    if _polymod([*_expand(prefix), *values]) != 1:
        raise ValueError("wrong checksum")
    return prefix, bytes(_regroup(values[:-6], 5, 8, pad=False))


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for place, generator in enumerate(_GENERATORS):
            if top >> place & 1:
                check ^= generator
    return check


def _expand(prefix: str) -> list[int]:
    return [ord(char) >> 5 for char in prefix] + [0] + [ord(char) & 31 for char in prefix]


def _regroup(values: bytes | list[int], width: int, wanted: int, *, pad: bool) -> list[int]:
    held = bits = 0
    out: list[int] = []
    for value in values:
        held = held << width | value
        bits += width
        while bits >= wanted:
            bits -= wanted
            out.append(held >> bits & ((1 << wanted) - 1))
        held &= (1 << bits) - 1
    if pad and bits:
        out.append(held << (wanted - bits) & ((1 << wanted) - 1))
    elif not pad and (bits >= width or held):
        raise ValueError("padding is not zero")
    return out
