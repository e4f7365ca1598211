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
from typing import Annotated, Any, TypedDict

from casebook.errors import InputError, Problem
from casebook.publishing import fingerprint
from casebook.schema.patterns import TooManyError, matching
from casebook.schema.typed_json import parse as parse_json
from casebook.schema.untrusted_json import read_json
from casebook.schema.wording import display, printable

FORMAT = "casebook.manifest"
VERSION = 1
SUFFIX = ".manifest.json"


def _is_name(text: str) -> str | None:
    """What a name must be where a file in a folder belongs: a path could lead out of the client's."""
    sound = _is_path(text) and text not in ("", ".", "..") and Path(text).name == text
    return None if sound else "a file's name"


def _is_relative(text: str) -> str | None:
    sound = _is_path(text) and not text.startswith("~") and not Path(text).is_absolute()
    return None if sound else "a relative path"


def _is_path(text: str) -> bool:
    """Whether a file system could have a file of this name."""
    try:
        steps = os.fsencode(text).split(b"/")
    except UnicodeEncodeError:
        return False
    return b"\0" not in b"".join(steps) and max(map(len, steps)) < 256 and len(text) < 4000


Name = Annotated[str, _is_name]
"""A file's name in the client's folder: the file is moved, removed and compared."""
Relative = Annotated[str, _is_relative]
"""A path from the parameter file's folder, or from the report's own."""


class FormattedFigures(TypedDict, total=False):
    """Figures as a reader of the case would write them."""

    expected_net_present_value: str
    net_present_value: str
    return_on_investment: str


class Summary(TypedDict, total=False):
    """A case in a line; all of it where there is a case."""

    client: str
    case: str
    currency: str
    expected_net_present_value: float | None
    net_present_value: float | None
    return_on_investment: float | None
    shown: FormattedFigures


@dataclass(frozen=True)
class Sources:
    """What a report is made of, besides the environment."""

    parameters: fingerprint.File
    template: str
    """As the parameter file names it."""
    template_files: Mapping[Relative, fingerprint.File]
    """By their names in the template's folder."""
    files: Mapping[Relative, fingerprint.File]
    """Data, logo, fonts and what was approved, by their paths from the parameter file's folder."""
    patterns: Sequence[Relative] = ()
    """Patterns that gave some of the files: another one that matches is a change."""
    folders: Sequence[Relative] = ()
    """Folders that gave some of the files, likewise."""
    unhashed: Sequence[str] = ()
    """Sources that have no hash, such as a database; with one, no report is up to date."""


@dataclass(frozen=True)
class Manifest:
    """A published report, as it describes itself."""

    client: str
    """Name of the folder: the parameter file without its ending, and `-what-if` where values were set."""
    kind: Name
    """The template's name, and the stem of the files."""
    parameters: Relative
    """The parameter file's path from this folder; its name alone where a path would name folders of this
    machine."""
    sources: Sources
    overrides: Mapping[str, str]
    formats: Sequence[str]
    environment: fingerprint.Environment
    files: Mapping[Name, fingerprint.File]
    """What was published, by name."""
    summary: Summary = field(default_factory=lambda: Summary())
    seconds: Mapping[str, float] = field(default_factory=dict)
    """Time by stage."""

    @property
    def name(self) -> str:
        """The manifest's own file name."""
        return f"{self.kind}{SUFFIX}"

    def content(self) -> bytes:
        """The file's bytes."""
        about = {"format": FORMAT, "version": VERSION}
        text = json.dumps({**about, **asdict(self)}, ensure_ascii=False, indent=1) + "\n"
        return text.encode("utf-8", "surrogatepass")  # names of files may have bytes that are no UTF-8


def parse(values: Any) -> Manifest:
    """The manifest that JSON stands for. Raises ValueError with what is wrong."""
    about = (values.get("format"), values.get("version")) if isinstance(values, dict) else ()
    if about != (FORMAT, VERSION):
        raise ValueError("this is not a manifest that this version of casebook can read")
    return parse_json(values, Manifest)


def checked(manifest: Manifest) -> Manifest:
    """A manifest as its reader will take it. Raises ValueError or TypeError where no reader would."""
    return parse(json.loads(manifest.content()))


def load_manifest(path: Path) -> Manifest:
    """The manifest in a file. Raises InputError with what is wrong."""
    try:
        manifest = parse(read_json(path))
        if manifest.name == path.name:
            return manifest
        wrong = f"kind is {printable(manifest.kind)}, which is not the report's"
    except ValueError as error:
        wrong = str(error)
    raise InputError([Problem(display(path), f"the manifest is damaged: {wrong}", "make the report again")])


def read_manifest(path: Path) -> Manifest | None:
    """The manifest in a file; None where there is none that this version can read."""
    try:
        return load_manifest(path)
    except InputError:
        return None


def manifests_in(folder: Path) -> list[Manifest]:
    """The manifests of a client's folder, by name."""
    found = (read_manifest(path) for path in manifest_files(folder))
    return [manifest for manifest in found if manifest]


def manifest_files(folder: Path) -> list[Path]:
    """The files of a client's folder that should be manifests, by name."""
    return sorted(folder.glob(f"*{SUFFIX}"))


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
        fault = fingerprint.difference(folder / name, known, thorough=thorough)
        if fault:
            yield f"{name} {fault.replace('has changed', 'was changed after it was made')}"


def _changed_sources(manifest: Manifest, parameters: Path, thorough: bool) -> Iterator[str]:
    sources, base = manifest.sources, parameters.parent
    fault = fingerprint.difference(parameters, sources.parameters, thorough=thorough)
    if fault:
        yield f"{parameters} {fault}"
    yield from _changed_template(sources, base, thorough)
    for name, known in sources.files.items():
        fault = fingerprint.difference(base / name, known, thorough=thorough)
        if fault:
            yield f"{base / name} {fault}"
    yield from _new(manifest, parameters)


def _new(manifest: Manifest, parameters: Path) -> Iterator[str]:
    """The files that came since, where patterns and folders would have found them."""
    sources, base = manifest.sources, parameters.parent
    named = [*sources.patterns, *sources.folders]
    if strange := next((name for name in named if not _is_asked(name, manifest, parameters)), None):
        # Whoever wrote the manifest could have the whole disk walked.
        yield f"the manifest has {printable(strange)}, which leads out of {base} and is not in {parameters}"
        return
    try:
        found = [path for pattern in sources.patterns for path in matching(base, pattern) if path.is_file()]
        found += [base / folder / name for folder in sources.folders for name in _names_in(base / folder)]
    except (OSError, TooManyError) as error:
        yield f"the files behind the report can't be listed: {error}"
        return
    for path in sorted(found):
        if Path(os.path.relpath(path, base)).as_posix() not in sources.files:
            yield f"{path} is new"


def _is_asked(name: str, manifest: Manifest, parameters: Path) -> bool:
    """Whether a pattern or a folder stays below the parameter file's, or is named there or by an override."""
    if ".." not in Path(name).parts:
        return True
    try:
        return name in manifest.overrides.values() or name in parameters.read_text("utf-8")
    except (OSError, ValueError):
        return False


def _changed_template(sources: Sources, base: Path, thorough: bool) -> Iterator[str]:
    folder = _template_folder(sources.template, base.absolute())
    if folder is None:
        yield f"there is no template {printable(sources.template, 200)}"
        return
    try:
        names = _names_in(folder)
    except OSError as error:
        yield f"template {folder.name} can't be listed: {error.strerror}"
        return
    for name in dict.fromkeys((*sources.template_files, *names)):
        known = sources.template_files.get(name)
        fault = fingerprint.difference(folder / name, known, thorough=thorough) if known else "is new"
        if fault:
            yield f"template {folder.name}: {name} {fault}"


@functools.cache
def _names_in(folder: Path) -> tuple[str, ...]:
    return tuple(fingerprint.files_in(folder))


@functools.cache
def _template_folder(name: str, base: Path) -> Path | None:
    from casebook.errors import InputError
    from casebook.schema.templates import locate_template

    try:
        return locate_template(name, start=base)
    except InputError:
        return None
