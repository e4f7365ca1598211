"""A client's folder: a report appears whole or not at all, whatever the disk or another run does."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from casebook.errors import InputError, PublishError
from casebook.publishing import fingerprint, folder
from casebook.publishing.folder import ClientFolder, FolderBusyError, write_new
from casebook.publishing.manifest import Manifest, Sources, differences, manifests_in
from tests.small_cases import world


def staged(place: ClientFolder, text: str, kind: str = "rack", endings: tuple[str, ...] = (".html", ".json")):
    """Stage a report of some files that all hold the same text."""
    staging = place.stage()
    names = [f"{kind}{ending}" for ending in endings]
    for name in names:
        (staging / name).write_text(text, encoding="utf-8")
    files = {name: fingerprint.file(staging / name) for name in names}
    sources = Sources(files[names[0]], template=kind, template_files={}, files={})
    return staging, Manifest("acme", kind, "acme.yaml", sources, {}, [], fingerprint.environment(), files)


def publish(path: Path, text: str, **options) -> list[str]:
    with ClientFolder(path) as place:
        return place.publish(*staged(place, text, **options))


def content(path: Path) -> dict[str, str]:
    """The documents in a folder, and the names of whatever else is there."""
    return {
        file.name: "" if file.is_dir() or "manifest" in file.name else file.read_text("utf-8")
        for file in path.iterdir()
    }


def test_a_report_takes_the_place_of_the_one_before(tmp_path):
    assert publish(tmp_path, "old", endings=(".html", ".pdf", ".json")) == []
    (tmp_path / "rack.failed.ipynb").write_text("of a failed run", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("the analyst's own", encoding="utf-8")
    assert publish(tmp_path, "new") == ["rack.pdf"], "it could give another figure for the same case"
    expected = {
        "rack.html": "new",
        "rack.json": "new",
        "rack.manifest.json": "",
        "notes.txt": "the analyst's own",
    }
    assert content(tmp_path) == expected


def test_a_client_that_changes_its_type_of_case_has_one_report(tmp_path):
    publish(tmp_path, "old", kind="bench")
    assert publish(tmp_path, "new") == ["bench.html", "bench.json"]
    assert content(tmp_path) == {"rack.html": "new", "rack.json": "new", "rack.manifest.json": ""}


@pytest.mark.parametrize("moment", range(8))
def test_a_run_killed_at_any_step_of_publishing_leaves_a_whole_report(tmp_path, monkeypatch, moment):
    """Each rename and each removal is a moment to die at. Before the manifest is staged the old report stays;
    from there on the next run completes the new one."""
    publish(tmp_path, "old", endings=(".html", ".pdf", ".json"))
    steps = 0

    class Killed(BaseException):
        pass

    def dying(do):
        def step(*arguments, **options):
            nonlocal steps
            steps += 1
            if steps > moment:
                raise Killed
            return do(*arguments, **options)

        return step

    with monkeypatch.context() as patched:
        for name in ("rename", "replace", "unlink"):
            patched.setattr(Path, name, dying(getattr(Path, name)))
        patched.setattr(shutil, "rmtree", dying(shutil.rmtree))
        try:
            publish(tmp_path, "new")
        except Killed:
            pass
        else:
            assert moment == 7, "there are seven steps to die at"
    ClientFolder(tmp_path).release()
    old = {"rack.html": "old", "rack.pdf": "old", "rack.json": "old", "rack.manifest.json": ""}
    new = {"rack.html": "new", "rack.json": "new", "rack.manifest.json": ""}
    assert content(tmp_path) == (new if moment else old)


def test_what_a_killed_run_left_incomplete_is_removed(tmp_path):
    publish(tmp_path, "old")
    with ClientFolder(tmp_path) as place:
        staged(place, "half")
    ClientFolder(tmp_path).release()
    assert content(tmp_path) == {"rack.html": "old", "rack.json": "old", "rack.manifest.json": ""}


def test_a_second_run_waits_with_a_word_and_then_refuses(tmp_path, monkeypatch):
    monkeypatch.setattr(folder, "LOCK_TIMEOUT", 0.2)
    words: list[str] = []
    with ClientFolder(tmp_path), pytest.raises(PublishError, match="another run is using this folder"):
        ClientFolder(tmp_path, notify=words.append)
    assert len(words) == 1
    assert "waiting" in words[0]
    with ClientFolder(tmp_path), pytest.raises(FolderBusyError, match="another run is using this folder"):
        ClientFolder(tmp_path)
    ClientFolder(tmp_path).release()


def test_a_lock_ends_with_its_process(tmp_path):
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from casebook.publishing.folder import ClientFolder\n"
        "place = ClientFolder(Path(sys.argv[1])); place.stage()\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path], check=False)
    assert len(list(tmp_path.iterdir())) == 1
    ClientFolder(tmp_path).release()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["../other.txt", "..", ".", "", "/etc/hosts", "a\0b", "sub/../../other.txt"])
def test_a_manifest_that_names_files_elsewhere_is_not_followed(tmp_path, name):
    other = tmp_path / "other.txt"
    other.write_text("not ours", encoding="utf-8")
    place = tmp_path / "acme"
    publish(place, "old")
    path = place / "rack.manifest.json"
    text = path.read_text("utf-8")
    for old in ('"rack.json"', '"kind": "rack"'):
        path.write_text(text.replace(old, old.replace(old.split('"')[-2], json.dumps(name)[1:-1])), "utf-8")
        assert manifests_in(place) == []
    publish(place, "new")
    assert other.read_text("utf-8") == "not ours"
    assert content(place)["rack.json"] == "new"


MANIFEST_PARTS = [
    ("client",), ("kind",), ("parameters",), ("files",), ("files", "rack.json"), ("sources",), ("formats",),
    ("files", "rack.json", "size"), ("sources", "files"), ("sources", "patterns"), ("sources", "template"),
    ("sources", "parameters"), ("environment",), ("environment", "packages"), ("overrides",), ("format",),
    ("version",),
]  # fmt: skip


@pytest.mark.parametrize("part", MANIFEST_PARTS, ids=" ".join)
@pytest.mark.parametrize("value", [None, 7, [1], {"a": 1}, {"a": {}}, "\0"], ids=repr)
def test_a_manifest_with_a_part_of_another_kind_harms_nothing(tmp_path, part, value):
    publish(tmp_path, "old")
    path = tmp_path / "rack.manifest.json"
    changed = json.loads(path.read_text("utf-8"))
    *above, last = part
    inside = changed
    for name in above:
        inside = inside[name]
    inside[last] = value
    path.write_text(json.dumps(changed), "utf-8")
    for manifest in manifests_in(tmp_path):
        assert list(differences(manifest, tmp_path / "acme.yaml", tmp_path)), "there is no such file"
    publish(tmp_path, "new")
    assert content(tmp_path)["rack.json"] == "new"


def test_a_staging_folder_that_is_a_link_is_not_followed(tmp_path):
    publish(tmp_path / "elsewhere", "not ours")
    place = tmp_path / "acme"
    place.mkdir()
    (place / ".staging-x").symlink_to(tmp_path / "elsewhere")
    (place / ".staging-y").touch()
    publish(place, "new")
    assert content(tmp_path / "elsewhere")["rack.json"] == "not ours"
    assert not list(place.glob(".staging-*"))


def test_a_folder_in_the_place_of_an_older_document_stays(tmp_path):
    (tmp_path / "rack.pdf").mkdir(parents=True)
    publish(tmp_path, "new")
    assert content(tmp_path)["rack.html"] == "new"
    assert (tmp_path / "rack.pdf").is_dir()


def test_a_pipe_or_a_circle_of_links_does_no_harm(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.py").touch()
    (tmp_path / "sub" / "round").symlink_to(tmp_path)
    (tmp_path / "gone").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "linked").symlink_to(tmp_path / "sub")
    assert list(fingerprint.files_in(tmp_path)) == ["linked/a.py"]
    known = {"sha256": "", "size": 0, "modified": 0}
    assert fingerprint.difference(tmp_path / "pipe", known, thorough=True) == "is not a file"


def test_a_folder_in_the_place_of_a_document_is_a_clear_error(tmp_path):
    publish(tmp_path, "old")
    (tmp_path / "rack.pdf").mkdir()
    with pytest.raises(PublishError, match=r"to: Is a directory\n  hint: the last good report stays"):
        publish(tmp_path, "new", endings=(".html", ".pdf"))
    assert content(tmp_path)["rack.html"] == "old"


def test_a_place_that_is_no_folder_is_a_clear_error(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"to: Not a directory\n  hint: name another folder"):
        ClientFolder(tmp_path / "file" / "acme")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_a_read_only_folder_is_a_clear_error(tmp_path):
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(InputError, match="can't be written to: Permission denied"):
            ClientFolder(tmp_path / "acme")
    finally:
        tmp_path.chmod(0o700)


@pytest.mark.parametrize("call", ["rename", "replace"])
def test_an_error_of_the_disk_while_publishing_keeps_the_last_good_report(tmp_path, monkeypatch, call):
    publish(tmp_path, "old")

    def fails(*_):
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as patched:
        patched.setattr(Path, call, fails)
        with pytest.raises(PublishError, match="Input/output error"):
            publish(tmp_path, "new")
    assert content(tmp_path)["rack.html"] == "old"


@pytest.mark.slow
def test_a_full_disk_fails_the_report_and_keeps_the_last_good_one(tmp_path):
    """A small tmpfs, in a mount namespace of its own."""
    world(tmp_path, ["alpha"], "print('x' * 300_000)")
    output = tmp_path / "output"
    output.mkdir()
    program = f"{sys.executable} -m casebook report params/alpha.yaml --format html"
    steps = (
        f"mount -t tmpfs -o size=1200k none {output} || exit 99",
        f"{program} || exit 98",
        f"ls -A {output}/alpha > before; cat {output}/alpha/rack.html > before.html",
        f"dd if=/dev/zero of={output}/filler bs=1k 2>/dev/null",
        f"{program} --force; code=$?",
        f"ls -A {output}/alpha > after; cmp {output}/alpha/rack.html before.html || exit 97",
        "exit $code",
    )
    script = "\n".join(steps)
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=120
    )
    if done.returncode == 99 or "unshare" in done.stderr:
        pytest.skip(f"no right to mount: {done.stderr.strip()}")
    assert done.returncode == 1, done.stderr
    assert "output/alpha: can't be written to: No space left on device" in done.stderr
    assert "make room and run it again; the last good report stays" in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "after").read_text() == (tmp_path / "before").read_text()


def test_a_file_is_written_beside_what_a_link_of_its_name_leads_to(tmp_path):
    victim, place = tmp_path / "victim", tmp_path / "rack.html"
    victim.write_text("mine", encoding="utf-8")
    for link in (place.symlink_to, place.hardlink_to):
        link(victim)
        write_new(place, b"page")
        assert (victim.read_text("utf-8"), place.read_bytes(), place.is_symlink()) == ("mine", b"page", False)
        place.unlink()
