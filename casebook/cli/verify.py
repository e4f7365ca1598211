"""The command `verify`: whether a report still follows from its inputs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from casebook.cli.app import app, put, say
from casebook.errors import InputError, Problem


@app.command()
def verify(
    folders: Annotated[
        list[Path], typer.Argument(metavar="FOLDER", help="Folders of reports, such as output/airline.")
    ],
    params: Annotated[
        Path | None,
        typer.Option(metavar="PARAMS", help="The parameter file, if it has moved since."),
    ] = None,
) -> None:
    """Check whether reports still follow from their inputs.

    Every file is read and compared by its hash. Example: casebook verify output/airline

    Exit code 0: they do; 1: an input, a version or a published file differs; 2: there is no report.
    """
    from casebook.publishing.manifest import differences, load_manifest, manifest_files

    if params and len(folders) > 1:
        raise InputError([Problem("--params", "applies to one folder only", "verify the folders one by one")])
    missing: list[Problem] = []
    sound = True
    for folder in folders:
        manifests = []
        for file in manifest_files(folder):
            try:
                manifests.append(load_manifest(file))
            except InputError as error:
                missing += error.problems
        if not manifests:
            missing.append(_no_report(folder))
        for manifest in manifests:
            # The folder itself may be a link: its manifest counts from where it really is.
            path = params or _near(folder.resolve() / manifest.parameters)
            if not path.is_file():
                put(f"{folder}: {manifest.parameters} does not exist, so its inputs can't be checked")
                say("  hint: name the parameter file with --params")
                sound = False
                continue
            changes = list(differences(manifest, path, folder, thorough=True))
            for change in changes:
                put(f"{folder}: {change}")
            if not changes:
                put(f"{folder}: {manifest.kind} follows from {path}")
            for source in manifest.sources.unhashed:
                say(f"{folder}: the current content of {source} can't be checked")
            sound = sound and not changes
    if missing:
        raise InputError(missing)
    raise typer.Exit(0 if sound else 1)


def _no_report(folder: Path) -> Problem:
    hint = "name a client's folder, such as output/airline; make it with casebook report"
    if folder.is_dir():
        return Problem(str(folder), "holds no report with a manifest", hint)
    if folder.is_file():
        hint = f"for this client: casebook verify output/{folder.stem}"
        return Problem(str(folder), "this is a file; name the folder of a report", hint)
    return Problem(str(folder), "there is no such folder", hint)


def _near(path: Path) -> Path:
    """A path as a user would write it: from here, where it lies below."""
    resolved = path.resolve()
    return resolved.relative_to(Path.cwd()) if resolved.is_relative_to(Path.cwd()) else resolved
