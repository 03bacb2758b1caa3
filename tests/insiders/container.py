"""Variants of the outside of the file."""

from __future__ import annotations

from typing import Any

from app.sync.container import member_header
from app.sync.refusal import Refusal
from tests.insiders.changes import Variant


def pad(data: bytes) -> bytes:
    size = int(data[124:135], 8)
    place = 512 + size
    assert size % 512
    return data[:place] + b"x" + data[place + 1 :]


def at(offset: int, value: bytes) -> dict[str, Any]:
    return {"whole": lambda data: data[:offset] + value + data[offset + len(value) :]}


def resized(size: int) -> dict[str, Any]:
    return {"whole": lambda data: member_header("manifest.json", size) + data[512:]}


def renamed(name: str) -> dict[str, Any]:
    def change(data: bytes) -> bytes:
        size = int(data[124:135], 8)
        return member_header(name, size) + data[512:]

    return {"whole": change}


CONTAINER: dict[str, Variant] = {
    "empty file": ({"whole": lambda _: b""}, Refusal.NOT_A_BUNDLE, ""),
    "text file": ({"whole": lambda _: b"Xin chao" * 100}, Refusal.NOT_A_BUNDLE, ""),
    "zip file": ({"whole": lambda data: b"PK\x03\x04" + data[4:]}, Refusal.NOT_A_BUNDLE, ""),
    "other first member": (renamed("manifest.sig"), Refusal.NOT_A_BUNDLE, ""),
    "path as a name": (renamed("../manifest.json"), Refusal.NOT_A_BUNDLE, ""),
    "mode": (at(100, b"0000755\0"), Refusal.MEMBER_HEADER, "manifest.json"),
    "owner": (at(108, b"0000001\0"), Refusal.MEMBER_HEADER, "manifest.json"),
    "size without zeros": (at(124, b"       1024\0"), Refusal.MEMBER_HEADER, "manifest.json"),
    "size binary": (at(124, b"\x80"), Refusal.MEMBER_HEADER, "manifest.json"),
    "time": (at(136, b"00000000001\0"), Refusal.MEMBER_HEADER, "manifest.json"),
    "checksum": (at(148, b"000000\0 "), Refusal.MEMBER_HEADER, "manifest.json"),
    "symbolic link": (at(156, b"2"), Refusal.MEMBER_HEADER, "manifest.json"),
    "link name": (at(157, b"/etc/passwd"), Refusal.MEMBER_HEADER, "manifest.json"),
    "gnu magic": (at(257, b"ustar  \0"), Refusal.MEMBER_HEADER, "manifest.json"),
    "owner name": (at(265, b"root"), Refusal.MEMBER_HEADER, "manifest.json"),
    "prefix": (at(345, b"x"), Refusal.MEMBER_HEADER, "manifest.json"),
    "header rest": (at(511, b"x"), Refusal.MEMBER_HEADER, "manifest.json"),
    "manifest too large": (resized(65_537), Refusal.MEMBER_SIZE, "manifest.json"),
    "manifest empty": (resized(0), Refusal.MEMBER_SIZE, "manifest.json"),
    "padding": ({"whole": pad}, Refusal.MEMBER_PADDING, "manifest.json"),
    "end blocks": ({"whole": lambda d: d[:-1] + b"x"}, Refusal.END_BLOCKS, ""),
    "data after the end": ({"whole": lambda d: d + b"\0"}, Refusal.TRAILING_DATA, ""),
    "a fifth member": (
        {"whole": lambda d: d[:-1024] + member_header("more", 1) + bytes(512 + 1024)},
        Refusal.END_BLOCKS,
        "",
    ),
    "end cut": ({"whole": lambda d: d[:-1]}, Refusal.CUT, ""),
    "payload cut": ({"whole": lambda d: d[:-2000]}, Refusal.CUT, ""),
    "cut in the manifest": ({"whole": lambda d: d[:700]}, Refusal.CUT, ""),
    "cut in the first header": ({"whole": lambda d: d[:100]}, Refusal.CUT, ""),
}
