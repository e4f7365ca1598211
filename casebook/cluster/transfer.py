"""What travels: the order of one report with all that it is made of, and what a worker gives back.

Files keep their places relative to each other and the times of their last change, so that what a worker says
of them holds for the driver's own. Neither side learns of the other's folders; only a file too large to be
sent is named by its full path, for workers that share the folder.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from casebook.errors import ExecutionError, InputError, Problem
from casebook.execution.tasks import TaskResult
from casebook.publishing import fingerprint
from casebook.report import CheckedParameters, StagedReport, on_disk, sources_of

LIMIT = 50 << 20
"""Bytes of the largest file that is sent."""


@dataclass(frozen=True)
class PackedFile:
    """A file: its content, or where it lies if it is too large to be sent."""

    about: fingerprint.File
    content: bytes | None
    place: str = ""
    """The full path of a file without content."""


@dataclass(frozen=True)
class TaskBundle:
    """The order of one report. All its paths are relative to one folder that holds everything."""

    batch: str
    key: str
    here: str
    """The current folder."""
    parameters: str
    given: str
    """The parameter file as the user wrote it, if that is not a full path."""
    files: Mapping[str, PackedFile]
    folders: Sequence[str]
    """Folders that must be there, with or without a file."""
    overrides: Mapping[str, str]
    formats: Sequence[str]
    engine: Literal["fork", "kernel"]
    environment: Mapping[str, Any]
    """See `versions.local_environment`."""


@dataclass(frozen=True)
class WorkerResult:
    """What a worker gives back."""

    worker: str
    ended: TaskResult
    root: str = "\0"
    """The folder that held everything, as it may stand in messages."""
    files: Mapping[str, bytes] = field(default_factory=dict)
    """What lies in the staging folder: the report, or what is left of a run that failed."""
    refused: str = ""
    """Why this worker can't make reports for this driver; then there is nothing else."""


def pack(
    batch: str,
    key: str,
    order: tuple[Path, Mapping[str, str], Sequence[str], Literal["fork", "kernel"]],
    environment: Mapping[str, Any],
    checked: CheckedParameters | None = None,
) -> tuple[TaskBundle, Path]:
    """The bundle of one report, and the driver's folder that holds everything in it.

    Raises InputError where the parameters are wrong, ExecutionError where a file can't be read.
    """
    path, overrides, formats, engine = order
    parameters, sources = sources_of(path, overrides, checked)
    base, here, template = path.parent.resolve(), Path.cwd(), parameters.template.folder.resolve()
    # A template of the wheel gets a place beside the parameter file, where it is found first.
    kind = base / "templates" / template.name if _is_ours(template) else template
    found = {base / path.name: path}
    found |= {kind / name: template / name for name in sources.template_files}
    found |= {_joined(base, name): base / name for name in sources.files}
    folders = [here, base, *(_joined(base, name) for name in sources.folders)]
    top = Path(os.path.commonpath([*folders, *found]))
    try:
        files = {_from(top, place): _packed(file) for place, file in found.items()}
    except OSError as error:
        raise ExecutionError(f"{error.filename} can't be read: {error.strerror}") from error
    bundle = TaskBundle(
        batch=batch,
        key=key,
        here=_from(top, here),
        parameters=_from(top, base / path.name),
        given="" if path.is_absolute() else str(path),
        files=files,
        folders=[_from(top, folder) for folder in folders],
        overrides=dict(overrides),
        formats=tuple(formats),
        engine=engine,
        environment=environment,
    )
    return bundle, top


def unpack(bundle: TaskBundle, root: Path) -> None:
    """Lay the files of a bundle out in an empty folder.

    Raises InputError where a file that was not sent is not here either.
    """
    for name in bundle.folders:
        (root / name).mkdir(parents=True, exist_ok=True)
    for name, packed in bundle.files.items():
        place, modified = root / name, packed.about["modified"]
        place.parent.mkdir(parents=True, exist_ok=True)
        if packed.content is None:
            place.symlink_to(_shared(packed))
        else:
            place.write_bytes(packed.content)
            os.utime(place, ns=(modified, modified))


def unpack_result(result: WorkerResult, staging: Path, top: Path) -> TaskResult:
    """Put what a worker gave back into the driver's staging folder; gives the task's end, in its terms.

    Raises OSError where it can't be written.
    """
    for name, content in result.files.items():
        (staging / name).write_bytes(content)
    ended, staged = result.ended, result.ended.value

    def told(text: str) -> str:
        return text.replace(result.root, str(top))

    if ended.error:
        return replace(ended, error=ended.error.reworded(told))
    assert isinstance(staged, StagedReport)
    files = {name: on_disk(staging / name) for name in staged.files}
    for name, known in staged.files.items():
        if files[name]["sha256"] != known["sha256"]:
            raise ExecutionError(f"{name} came damaged from {result.worker}\n  hint: run it again")
    warnings = [told(text) for text in staged.warnings]
    return replace(ended, value=replace(staged, files=files, warnings=warnings))


def _packed(file: Path) -> PackedFile:
    about = fingerprint.file(file)
    if about["size"] > LIMIT:
        return PackedFile(about, None, str(file.resolve()))
    return PackedFile(about, file.read_bytes())


def _shared(packed: PackedFile) -> Path:
    place = Path(packed.place)
    fault = fingerprint.difference(place, {**packed.about, "modified": -1})
    if not fault:
        return place
    size = packed.about["size"] / (1 << 20)
    what = f"with {size:.0f} MB it is too large to send to a worker, where it {fault}"
    hint = f"put it into a folder that all workers see under the same path; up to {LIMIT >> 20} MB is sent"
    raise InputError([Problem(place.name, what, hint)])


def _joined(base: Path, name: str) -> Path:
    return Path(os.path.normpath(base / name))


def _from(top: Path, place: Path) -> str:
    return place.relative_to(top).as_posix()


def _is_ours(folder: Path) -> bool:
    return folder.is_relative_to(fingerprint.PACKAGE)
