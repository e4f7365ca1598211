"""The manifest beside a report: what it follows from, what was published, and how long it took.

It lies beside the report as `<type>.manifest.json` and names files by the parameter file's folder, by the
template or by its own folder, so that it says nothing of the machine. Only here stand times.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from casebook.publishing import fingerprint

FORMAT = "casebook.manifest"
VERSION = 1
SUFFIX = ".manifest.json"


@dataclass(frozen=True)
class Sources:
    """What a report is made of, besides the environment."""

    parameters: fingerprint.File
    template: str
    """As the parameter file names it."""
    template_files: Mapping[str, fingerprint.File]
    """By their names in the template's folder."""
    files: Mapping[str, fingerprint.File]
    """Data, logo, fonts and what was approved, by their paths from the parameter file's folder."""
    patterns: Sequence[str] = ()
    """Patterns that gave some of the files: another one that matches is a change."""
    folders: Sequence[str] = ()
    """Folders that gave some of the files, likewise."""
    unhashed: Sequence[str] = ()
    """Sources that have no hash, such as a database; with one, no report is up to date."""


@dataclass(frozen=True)
class Manifest:
    """A published report, as it describes itself."""

    client: str
    """Name of the folder: the parameter file without its ending, and `-what-if` where values were set."""
    kind: str
    """The template's name, and the stem of the files."""
    parameters: str
    """The parameter file's path from this folder; its name alone where a path would name folders of this
    machine."""
    sources: Sources
    overrides: Mapping[str, str]
    formats: Sequence[str]
    environment: Mapping[str, Any]
    files: Mapping[str, fingerprint.File]
    """What was published, by name."""
    summary: Mapping[str, Any] = field(default_factory=dict)
    """The case in a line: client, title, figures as numbers and as text."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """Time by stage."""

    @property
    def name(self) -> str:
        """The manifest's own file name."""
        return f"{self.kind}{SUFFIX}"

    def text(self) -> str:
        """The file's content."""
        about = {"format": FORMAT, "version": VERSION}
        return json.dumps({**about, **asdict(self)}, ensure_ascii=False, indent=1) + "\n"


def read_manifest(path: Path) -> Manifest | None:
    """The manifest in a file; None where there is none that this version can read."""
    try:
        values = json.loads(path.read_bytes())
        if (values.pop("format"), values.pop("version")) != (FORMAT, VERSION):
            return None
        sources = Sources(**values.pop("sources"))
        manifest = Manifest(sources=sources, **values)
        return manifest if manifest.name == path.name and _is_ours(manifest) else None
    except (OSError, ValueError, TypeError, LookupError, AttributeError, RecursionError):
        return None


def _is_ours(manifest: Manifest) -> bool:
    """Whether a manifest could have been written here: files that it names are moved, removed and compared.

    What is of another type raises an error, or is no.
    """
    sources, known = manifest.sources, manifest.environment
    texts = [manifest.client, manifest.parameters, sources.template, known["code"], known["python"]]
    texts += [*manifest.formats, *manifest.overrides.values(), *known["packages"].values()]
    texts += [*sources.patterns, *sources.folders, *sources.unhashed]
    read = [sources.parameters, *sources.template_files.values(), *sources.files.values()]
    files = [*read, *manifest.files.values()]
    return (
        all(map(_is_name, manifest.files))
        and all(isinstance(text, str) and "\0" not in text for text in texts)
        and all(isinstance(file["sha256"], str) and isinstance(file["size"], int) for file in files)
        and all(isinstance(file["modified"], int) for file in files)
    )


def _is_name(text: str) -> bool:
    """Whether it names a file in a folder: a path could lead out of the client's."""
    return text not in ("", ".", "..") and "\0" not in text and Path(text).name == text


def manifests_in(folder: Path) -> list[Manifest]:
    """The manifests of a client's folder, by name."""
    found = (read_manifest(path) for path in sorted(folder.glob(f"*{SUFFIX}")))
    return [manifest for manifest in found if manifest]


def path_from(folder: Path, parameters: Path) -> str:
    """The way from a client's folder to its parameter file, in terms that say nothing of this machine."""
    start, end = folder.resolve(), parameters.resolve()
    try:
        shared = Path(os.path.commonpath([start, end]))
    except ValueError:  # on two drives
        return end.name
    private = {Path(shared.anchor), *Path.home().resolve().parents}
    return end.name if shared in private else Path(os.path.relpath(end, start)).as_posix()


def differences(
    manifest: Manifest, parameters: Path, folder: Path | None = None, *, thorough: bool = False
) -> Iterator[str]:
    """What is otherwise now than when a report was made, in words; nothing where it still follows.

    `folder` is the one that holds the report; without it, only what the report was made of is looked at.
    `thorough` reads every file, whatever its time says.
    """
    yield from _changed_sources(manifest, parameters, thorough)
    yield from fingerprint.environment_differences(manifest.environment)
    for name, known in manifest.files.items() if folder else ():
        assert folder
        said = fingerprint.difference(folder / name, known, thorough=thorough)
        if said:
            yield f"{name} {said.replace('has changed', 'was changed after it was made')}"


def _changed_sources(manifest: Manifest, parameters: Path, thorough: bool) -> Iterator[str]:
    sources, base = manifest.sources, parameters.parent
    said = fingerprint.difference(parameters, sources.parameters, thorough=thorough)
    if said:
        yield f"{parameters} {said}"
    yield from _changed_template(sources, base, thorough)
    for name, known in sources.files.items():
        said = fingerprint.difference(base / name, known, thorough=thorough)
        if said:
            yield f"{base / name} {said}"
    matching = [path for pattern in sources.patterns for path in base.glob(pattern) if path.is_file()]
    within = [base / folder / name for folder in sources.folders for name in _names_in(base / folder)]
    for path in sorted((*matching, *within)):
        if Path(os.path.relpath(path, base)).as_posix() not in sources.files:
            yield f"{path} is new"


def _changed_template(sources: Sources, base: Path, thorough: bool) -> Iterator[str]:
    folder = _template_folder(sources.template, base)
    if folder is None:
        yield f"there is no template {sources.template}"
        return
    for name in dict.fromkeys((*sources.template_files, *_names_in(folder))):
        known = sources.template_files.get(name)
        said = fingerprint.difference(folder / name, known, thorough=thorough) if known else "is new"
        if said:
            yield f"template {folder.name}: {name} {said}"


@functools.cache
def _names_in(folder: Path) -> tuple[str, ...]:
    return tuple(fingerprint.files_in(folder))


@functools.cache
def _template_folder(name: str, base: Path) -> Path | None:
    from casebook.errors import InputError
    from casebook.templates import locate_template

    try:
        return locate_template(name, start=base)
    except InputError:
        return None
