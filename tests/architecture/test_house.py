"""The locks hold what `pyproject.toml` asks for, for every Python and system, and nothing else.

What no file on this machine can show stays unsaid: that a hash belongs to a wheel for Windows is
known to the index alone. Shown is that whatever Windows or another Python would ask for is pinned,
and that a package with compiled code is pinned with more than the files of one system.
"""

from __future__ import annotations

import os
import re
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import pytest
from packaging.markers import Marker, default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from app.cli.groups import GROUPS

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = {"requirements.lock": (), "requirements-dev.lock": ("dev",)}
#: What the README promises: these Pythons on these systems.
PLACES = [
    {
        "python_version": python,
        "python_full_version": f"{python}.1",
        "sys_platform": "win32" if windows else "linux",
        "platform_system": "Windows" if windows else "Linux",
        "os_name": "nt" if windows else "posix",
        "platform_machine": "AMD64" if windows else "x86_64",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "extra": "",
    }
    for python in ("3.11", "3.12", "3.13")
    for windows in (False, True)
]


@dataclass(frozen=True)
class Pin:
    """One package of a lock: its exact version, where it is wanted, the files it may come as."""

    version: str
    marker: Marker | None
    hashes: frozenset[str]

    def holds_in(self, place: dict[str, str]) -> bool:
        return self.marker is None or self.marker.evaluate(environment(place))


def environment(place: dict[str, str]) -> dict[str, str]:
    return {**{k: str(v) for k, v in default_environment().items()}, **place}


_PIN = re.compile(r"([a-z0-9-]+)==([0-9][0-9a-z.]*)(?: ; (.+?))? \\")
_HASH = re.compile(r" {4}--hash=sha256:([0-9a-f]{64})(?: \\)?")


def read(name: str) -> dict[str, Pin]:
    """A lock, line by line: there is no line that is not understood."""
    found: dict[str, Pin] = {}
    at = ""
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        pin, digest = _PIN.fullmatch(line), _HASH.fullmatch(line)
        if pin is not None:
            at = pin[1]
            assert at not in found, f"{at} is pinned twice"
            found[at] = Pin(pin[2], Marker(pin[3]) if pin[3] else None, frozenset())
        elif digest is not None:
            old = found[at]
            found[at] = Pin(old.version, old.marker, old.hashes | {digest[1]})
        else:
            assert re.fullmatch(r" {4}#.*", line), f"{name}: {line!r} is neither pin nor hash"
            # An index address belongs into nobody's lock.
            assert "://" not in line, line
    return found


def asked(name: str) -> list[Requirement]:
    """What `pyproject.toml` asks for directly."""
    project = PROJECT["project"]
    extras = [one for extra in LOCKS[name] for one in project["optional-dependencies"][extra]]
    return [Requirement(one) for one in [*project["dependencies"], *extras]]


def reached(name: str, place: dict[str, str]) -> Iterator[tuple[str, Requirement]]:
    """(who asks, requirement) for everything wanted in a place, as the installed packages say."""
    pins = read(name)
    waiting = [("pyproject.toml", one) for one in asked(name)]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        asking, wanted = waiting.pop()
        yield asking, wanted
        package = canonicalize_name(wanted.name)
        key = (package, frozenset(wanted.extras))
        pin = pins.get(package)
        if key in seen or pin is None or not pin.holds_in(environment({})):
            continue  # what is not installed here says nothing of what it needs
        seen.add(key)
        for text in metadata.requires(package) or ():
            need = Requirement(text)
            contexts = [{**place, "extra": extra} for extra in ("", *wanted.extras)]
            if need.marker is None or any(need.marker.evaluate(environment(c)) for c in contexts):
                waiting.append((package, need))


@pytest.mark.parametrize("name", LOCKS)
def test_every_package_is_pinned_with_hashes_and_no_address(name: str) -> None:
    pins = read(name)
    assert len(pins) > 15
    assert [one for one, pin in pins.items() if not pin.hashes] == []


@pytest.mark.parametrize(
    "place", PLACES, ids=lambda p: f"{p['sys_platform']}-{p['python_version']}"
)
@pytest.mark.parametrize("name", LOCKS)
def test_whatever_a_system_would_ask_for_is_pinned_there(name: str, place: dict[str, str]) -> None:
    pins = read(name)
    wanted = list(reached(name, place))
    assert len(wanted) > len(asked(name))
    for asking, one in wanted:
        pin = pins.get(canonicalize_name(one.name))
        assert pin is not None, f"{asking} asks for {one}, which {name} does not pin"
        assert pin.holds_in(place), f"{one.name} (asked by {asking}) is not pinned there"
        assert one.specifier.contains(Version(pin.version), prereleases=True), f"{asking}: {one}"


@pytest.mark.parametrize("name", LOCKS)
def test_nothing_is_pinned_that_nobody_asks_for(name: str) -> None:
    wanted = {
        canonicalize_name(one.name) for place in PLACES for _asking, one in reached(name, place)
    }
    assert set(read(name)) == wanted


def test_what_windows_alone_needs_is_pinned_for_windows_alone() -> None:
    marked = {
        name
        for name, pin in read("requirements-dev.lock").items()
        if not any(pin.holds_in(place) for place in PLACES if place["os_name"] == "posix")
    }
    assert marked == {"colorama"}


def test_both_locks_agree_and_what_is_installed_is_what_is_pinned() -> None:
    shipped, all_pins = read("requirements.lock"), read("requirements-dev.lock")
    assert {name: all_pins[name] for name in shipped} == shipped
    here = {n: p.version for n, p in all_pins.items() if p.holds_in(environment({}))}
    assert {name: metadata.version(name) for name in here} == here


def test_a_package_with_compiled_code_is_pinned_with_the_files_of_more_than_one_system() -> None:
    """One wheel for this system and nothing else is what a lock made in the wrong way holds."""
    compiled = []
    for name, pin in read("requirements-dev.lock").items():
        if not pin.holds_in(environment({})):
            continue
        wheel = metadata.distribution(name).read_text("WHEEL") or ""
        tags = re.findall(r"^Tag: \S+-\S+-(\S+)$", wheel, re.MULTILINE)
        if "any" in tags:
            continue
        compiled.append(name)
        assert tags, f"{name} does not say for what it was built"
        assert len(pin.hashes) >= 4, f"{name}: Linux, Windows and the rest do not fit into so few"
    assert {"cryptography", "pyside6-essentials", "sqlcipher3", "zstandard"} <= set(compiled)


def test_the_build_takes_the_setuptools_that_is_pinned() -> None:
    (build,) = PROJECT["build-system"]["requires"]
    assert build == f"setuptools=={read('requirements-dev.lock')['setuptools'].version}"


def _runs(*words: str) -> list[str]:
    """The commands that make would run."""
    done = subprocess.run(
        ["make", "--no-print-directory", "-n", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        # These tests are run by make themselves: what it tells a make below it changes the output.
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
    )
    return done.stdout.splitlines()


def test_make_demo_runs_the_program_s_own_demo() -> None:
    assert _runs("demo")[-1] == "QT_QPA_PLATFORM=offscreen .venv/bin/sotreem demo"
    assert PROJECT["project"]["scripts"] == {"sotreem": "app.__main__:main"}
    assert "demo" in GROUPS


def test_make_setup_installs_from_the_lock_with_its_hashes() -> None:
    (line,) = [one for one in _runs("--always-make", "setup") if "-r requirements" in one]
    assert "--require-hashes -r requirements-dev.lock" in line


def test_ci_runs_make_test_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    commands = [one for one in lines if one and not one.startswith("#")]
    assert commands[-1] == "exec make test"
    assert [one for one in commands if "make" in one] == ["exec make test"]
