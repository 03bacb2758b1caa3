"""Sticks are found by what the system says of its drives."""

from __future__ import annotations

from pathlib import Path

from app.services.home import _mount_of
from app.services.sticks import _of_linux, is_removable, lies_on_stick, sticks


def _drive(blocks: Path, name: str, *parts: str, removable: bool, bus: str = "usb1") -> None:
    """A drive with its partitions, as sysfs has them: the names are links into one tree."""
    tree = blocks.parent / "devices" / bus / name
    tree.mkdir(parents=True)
    (tree / "removable").write_text("1\n" if removable else "0\n", encoding="ascii")
    blocks.mkdir(exist_ok=True)
    (blocks / name).symlink_to(tree)
    for part in parts:
        (tree / part).mkdir()
        (blocks / part).symlink_to(tree / part)


def test_removable_drives_are_told_with_their_room_and_others_are_not(tmp_path: Path) -> None:
    blocks = tmp_path / "block"
    _drive(blocks, "sda", "sda1", removable=False)
    _drive(blocks, "sdb", "sdb1", removable=True)
    _drive(blocks, "sdc", removable=True)
    _drive(blocks, "sde", "sde1", removable=True, bus="ata3")  # built in, and could be changed
    stick, whole = tmp_path / "USB CUA AN", tmp_path / "sdc"
    stick.mkdir()
    whole.mkdir()
    written = str(stick).replace(" ", "\\040")
    mounts = tmp_path / "mounts"
    mounts.write_text(
        f"/dev/sda1 {tmp_path} ext4 rw,relatime 0 0\n"
        f"/dev/sdb1 {written} vfat rw,nosuid,relatime 0 0\n"
        f"/dev/sdc {whole} vfat ro,nosuid 0 0\n"
        f"/dev/sdd1 {tmp_path / 'gone'} vfat rw 0 0\n"
        "/dev/sde1 / ext4 rw,relatime 0 0\n"
        "tmpfs /run tmpfs rw 0 0\n",
        encoding="utf-8",
    )
    found = list(_of_linux(mounts, blocks))
    assert [(one.folder, one.name, one.read_only) for one in found] == [
        (stick, "USB CUA AN", False),
        (whole, "sdc", True),
    ]
    assert all(0 < one.free <= one.whole for one in found)


def test_a_stick_that_was_taken_out_is_none(tmp_path: Path) -> None:
    blocks = tmp_path / "block"
    _drive(blocks, "sdb", "sdb1", removable=True)
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sdb1 {tmp_path / 'gone'} vfat rw 0 0\n", encoding="utf-8")
    assert list(_of_linux(mounts, blocks)) == []
    assert list(_of_linux(tmp_path / "no-mounts", blocks)) == []


def test_the_drive_of_a_folder_is_that_of_the_innermost_mount_also_with_a_space(
    tmp_path: Path,
) -> None:
    blocks = tmp_path / "block"
    _drive(blocks, "sda", "sda1", removable=False)
    _drive(blocks, "sdb", "sdb1", removable=True)
    stick = tmp_path / "USB CUA AN"
    (stick / "so").mkdir(parents=True)
    mounts = tmp_path / "mounts"
    written = str(stick).replace(" ", "\\040")
    mounts.write_text(
        f"/dev/sda1 / ext4 rw 0 0\n/dev/sdb1 {written} vfat rw 0 0\n", encoding="utf-8"
    )
    assert _mount_of(stick / "so", mounts) == ("/dev/sdb1", "vfat")
    assert _mount_of(tmp_path, mounts) == ("/dev/sda1", "ext4")
    assert [is_removable(f"/dev/{one}", blocks) for one in ("sda1", "sdb1", "sdb", "gone")] == [
        *(False, True, True, False),
    ]
    assert not is_removable("tmpfs", blocks)


def test_this_machine_can_be_asked() -> None:
    assert all(one.folder.is_dir() for one in sticks())


def test_a_built_in_disk_that_could_be_changed_is_no_stick(tmp_path: Path) -> None:
    """Many controllers call such a disk removable; a register may lie there."""
    blocks = tmp_path / "block"
    blocks.mkdir()
    buses = {"sda": "ata3/host2", "sdb": "usb1/1-2/host6", "mmcblk0": "mmc_host/mmc0"}
    for name, bus in buses.items():
        device = tmp_path / "devices" / "pci0000:00" / bus / "block" / name
        device.mkdir(parents=True)
        (device / "removable").write_text("1\n", encoding="ascii")
        (blocks / name).symlink_to(device)
    found = [one for one in buses if lies_on_stick(f"/dev/{one}", blocks)]
    assert found == ["sdb", "mmcblk0"]
