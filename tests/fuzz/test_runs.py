"""Whatever one client brings: every other report is done, and what is told of all is true."""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from casebook import report
from casebook.batch import Request, make_reports
from casebook.cli.progress import BatchProgress
from casebook.errors import CasebookError, InputError
from casebook.execution.fork_pool import ForkPool
from casebook.execution.preload import LEARN, PRELOAD
from casebook.execution.tasks import Limits, TaskResult
from casebook.publishing.manifest import differences, manifests_in
from casebook.publishing.store import LocalStore
from casebook.report import StagedReport, sources_of
from tests.conftest import ROOT, notebook_file
from tests.fuzz.mutations import COUNTS, JUNK, KERNEL_COUNTS, examples, spoilt_file, spoilt_text
from tests.fuzz.test_files import STEERING, assert_clear
from tests.small_cases import record, world, worth, write_client

CLIENTS = ("alpha", "beta")
TOGETHER = 10
"""Notebooks that run in one batch, beside a good one."""


@dataclass
class Instantly:
    """Makes reports without a run; what one client's gives may be anything."""

    given: Any = None
    jobs: int = 2
    tasks: list[tuple[str, tuple]] = field(default_factory=list)

    def submit(self, key: str, *arguments: Any) -> None:
        self.tasks.append((key, arguments))

    def completed(self) -> Iterator[tuple[str, TaskResult]]:
        while self.tasks:
            key, (path, overrides, _, staging, *_) = self.tasks.pop(0)
            if key == "alpha" and self.given is not None:
                yield key, TaskResult(self.given, seconds=0.1)
                continue
            (staging / "rack.html").write_text(f"{key}: $27,000", encoding="utf-8")
            files = {"rack.html": report.on_disk(staging / "rack.html")}
            summary = {"client": key, "case": "Racks", "shown": {"net_present_value": "$27,000"}}
            staged = StagedReport("rack", files, sources_of(path, overrides)[1], summary, {"run": 0.1}, [])
            yield key, TaskResult(staged, seconds=0.1)

    def cancel(self) -> None:
        self.tasks.clear()


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing waits for the disk here."""
    monkeypatch.setattr("casebook.publishing.folder.sync", lambda path: None)
    monkeypatch.setattr("casebook.report.sync", lambda path: None)


def run(
    executor: Any, *, clients: Sequence[str] = CLIENTS, as_json: bool = False, force: bool = False
) -> tuple[dict, str]:
    """A batch over some clients: what became of each, and all that was told."""
    paths = [Path(f"params/{client}.yaml") for client in clients]
    request = Request(LocalStore(Path("output")), ["html"], force=force)
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), BatchProgress(paths, as_json=as_json) as progress:
        start = lambda: contextlib.nullcontext(executor)  # noqa: E731
        for outcome in make_reports(paths, request, start=start, notify=progress.say):
            progress.show(outcome)
    if as_json:
        assert len([json.loads(line) for line in out.getvalue().splitlines()]) == len(paths)
    assert not STEERING & set(out.getvalue() + err.getvalue())
    return {outcome.client: outcome for outcome in progress.outcomes}, out.getvalue() + err.getvalue()


def assert_true(outcomes: dict, told: str, folder: Path) -> None:
    """Each report that is said to be there is, and follows from its inputs; the others are all there."""
    assert set(outcomes) == set(CLIENTS)
    assert all(outcomes[client].status != "failed" for client in CLIENTS[1:]), told
    for client, outcome in outcomes.items():
        if outcome.status == "failed":
            assert outcome.error
            assert_clear(outcome.error)
            assert not getattr(outcome.error, "__notes__", ()), "nobody expected it"
            continue
        place = folder / "output" / client
        (manifest,) = manifests_in(place)
        # What was up to date has been looked at by size and time; of a damaged hash that tells nothing.
        thorough = outcome.status == "done"
        assert list(differences(manifest, folder / f"params/{client}.yaml", place, thorough=thorough)) == []


NAMES = st.sampled_from(
    ["rack.manifest.json", "rack.json", "other.manifest.json", "rack.html", ".staging-x/rack.manifest.json",
     ".staging-x/rack.html", ".staging-y", "rack.failed.ipynb", "a\nb.manifest.json", ".journal", "rack.pdf"]
)  # fmt: skip


@pytest.mark.parametrize("count", COUNTS)
def test_whatever_lies_in_one_clients_folder(tmp_path, monkeypatch, count):
    world(tmp_path, CLIENTS)
    monkeypatch.chdir(tmp_path)
    run(Instantly())
    manifest = json.loads((tmp_path / "output/alpha/rack.manifest.json").read_bytes())

    def claim(files: list[tuple[str, bytes]]) -> None:
        for name, content in files:
            path = tmp_path / "output/alpha" / name
            with contextlib.suppress(
                OSError
            ):  # a folder of that name is there, or a file where one should be
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
        outcomes, told = run(Instantly(), as_json=bool(len(files) % 2))
        assert_true(outcomes, told, tmp_path)
        assert outcomes["alpha"].status != "failed", told

    examples(count, st.lists(st.tuples(NAMES, spoilt_file(manifest)), max_size=4), claim)


@pytest.mark.parametrize("count", COUNTS)
def test_whatever_the_process_of_one_report_gives(tmp_path, monkeypatch, count):
    """A cell can change what its process does."""
    world(tmp_path, CLIENTS)
    monkeypatch.chdir(tmp_path)
    run(Instantly())
    _, sources = sources_of(Path("params/alpha.yaml"), {})
    junk = st.one_of(st.sampled_from(JUNK), st.just(object()), st.just({"rack.html": 1}), st.just(sources))
    given = st.one_of(junk, st.builds(StagedReport, *[junk] * 6))
    examples(count, given.filter(lambda it: it is not None), lambda given: assert_true(
        *run(Instantly(given), force=True), tmp_path))  # fmt: skip


# On kernels

ACTIONS = (
    "import json; json.dumps = None",
    "import json; json.dumps = lambda *_, **__: 'null'",
    "import json; json.loads = None",
    "import os, signal; os.kill(os.getppid(), signal.SIGSTOP)",
    "import os, signal; os.kill(os.getppid(), signal.SIGKILL)",
    "import os; os._exit(0)",
    "import os; os.umask(0o777)",
    "import os; os.chdir('/'); os.environ.clear()",
    "import builtins; builtins.open = None",
    "import pathlib; pathlib.Path.write_bytes = None",
    "import pathlib; pathlib.Path.open = lambda *_: 1 / 0",
    "from casebook import report; report._summary = lambda _: []",
    "from casebook import report; report.StagedReport = dict",
    "from casebook.exporters import html; html.to_page = lambda _: 1 / 0",
    "from casebook.exporters import html; html.to_page = lambda _: '<p>'",
    "from casebook.execution import worker; worker.current().line.close()",
    "from casebook.execution import worker; worker.current().line.send_bytes(b'x')",
    "raise ValueError('\\x1b[31m\\noutput/beta: rack follows from params/beta.yaml')",
    "raise ValueError('x' * 10_000_000)",
    "class Odd(Exception):\n    def __str__(self): return 1 / 0\nraise Odd",
    "import sys; sys.setrecursionlimit(50)",
    "import sys; sys.stdout = None; sys.modules.clear()",
    "import glob\nfor f in glob.glob('../output/CLIENT/.staging*/*'): open(f, 'wb').write(b'{')",
    "import glob, os\nfor f in glob.glob('../output/CLIENT/.staging*'): os.rename(f, f + '-gone')",
    "import glob, os\nfor f in glob.glob('../output/CLIENT/.st*'): os.symlink('/etc', f + '/rack.html')",
    "display({'application/vnd.casebook.record+json': {'version': 1}}, raw=True)",
    "display({'application/vnd.casebook.record+json': [1]}, raw=True)",
    "display({'application/vnd.casebook.view+json': {'view': 'chart', 'svg': '<svg/>'}}, raw=True)",
    "display({'text/plain': {'a': 1}, 'text/html': 5, 'image/png': None}, raw=True)",
    "display({'image/svg+xml': '<svg>' * 9999}, raw=True)",
    "print('\\x1b]0;pwn\\x07' * 1000); print('W' * 50_000)",
    "case = None",
    "case.result = None",
)


class Kept:
    """ForkPool whose helper goes on from batch to batch."""

    def __init__(self, forks: ForkPool) -> None:
        self.jobs, self.submit, self.completed = forks.jobs, forks.submit, forks.completed

    def cancel(self) -> None:
        """All has ended."""


@pytest.fixture(scope="module")
def kernels(tmp_path_factory) -> Iterator[tuple[Path, Kept]]:
    """An office and what makes its reports: a process starts in the folder where its helper did."""
    folder = world(tmp_path_factory.mktemp("office"), ["beta"])
    limits = Limits(deadline=60, memory=1 << 30, output=2 << 20)
    preload = (*PRELOAD, *report.PRELOAD)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        with ForkPool(
            "casebook.report:stage_report", jobs=2, preload=preload, learn=LEARN, limits=limits
        ) as forks:
            yield folder, Kept(forks)


@pytest.mark.parametrize("count", KERNEL_COUNTS)
def test_whatever_the_cells_of_one_notebook_do(kernels, count):
    tmp_path, forks = kernels
    evils = [f"evil-{number}" for number in range(TOGETHER)]
    for evil in evils:
        path = write_client(tmp_path, evil)
        path.write_text(path.read_text("utf-8").replace("template: rack", f"template: {evil}"), "utf-8")
        (tmp_path / "templates" / evil).mkdir(exist_ok=True)
        declared = (tmp_path / "templates/rack/inputs.yaml").read_bytes()
        (tmp_path / "templates" / evil / "inputs.yaml").write_bytes(declared)
    good = json.loads((tmp_path / "templates/rack/template.ipynb").read_bytes())
    cells = ["".join(cell["source"]) for cell in good["cells"]][1:]

    def write(evil: str, example: tuple[list[str], int, list[tuple[int, Any]]]) -> None:
        actions, place, edits = example
        sources = list(cells)
        sources[place:place] = [action.replace("CLIENT", evil) for action in actions]
        notebook = tmp_path / "templates" / evil / "template.ipynb"
        notebook_file(notebook, *sources)
        content = json.loads(notebook.read_bytes())
        for number, junk in edits:
            cell = content["cells"][number % len(content["cells"])]
            cell["metadata"] |= {str(number): junk}
        notebook.write_text(json.dumps(content), encoding="utf-8")

    def claim(examples: list[tuple[list[str], int, list[tuple[int, Any]]]]) -> None:
        for evil, example in zip(evils, examples, strict=True):
            write(evil, example)
        outcomes, told = run(forks, clients=[*evils, "beta"], force=True)
        assert outcomes["beta"].status == "done", told
        assert record(tmp_path, "beta")["result"]["net_present_value"] == worth(30)
        for evil, example in zip(evils, examples, strict=True):
            error = outcomes[evil].error
            assert (outcomes[evil].status == "failed") == bool(error), example
            if error:
                assert_clear(error)
                assert str(error).startswith(f"params/{evil}.yaml: "), f"the client is named: {example}"
        assert {oct(path.stat().st_mode & 0o777) for path in (tmp_path / "output").rglob("rack.*")} == {
            "0o644"
        }

    junk = st.tuples(st.integers(0, 9), st.sampled_from([each for each in JUNK if each is not None]))
    actions = st.lists(st.sampled_from(ACTIONS), min_size=1, max_size=2)
    example = st.tuples(actions, st.integers(0, len(cells)), st.lists(junk, max_size=1))
    examples(count // TOGETHER, together(example), claim, shrinks=False)


def together(example: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """As many examples as one batch runs."""
    return st.lists(example, min_size=TOGETHER, max_size=TOGETHER)


@pytest.mark.parametrize("count", KERNEL_COUNTS)
def test_whatever_one_parameter_file_says(kernels, count):
    tmp_path, forks = kernels
    paths = [write_client(tmp_path, f"bad-{number}") for number in range(TOGETHER)]
    (tmp_path / "params/logo.svg").write_bytes((ROOT / "tests/invalid/logo.svg").read_bytes())
    text = paths[0].read_text("utf-8").replace("{name", "{logo: logo.svg, colour: '#123456', name")
    text += (
        "story:\n  situation: It is so.\n  goals: [one, two]\ndocument:\n  author: Jane\n  date: 2026-01-01\n"
    )

    def claim(contents: list[bytes]) -> None:
        for path, content in zip(paths, contents, strict=True):
            path.write_bytes(content)
        outcomes, told = run(forks, clients=[*(path.stem for path in paths), "beta"], force=True)
        assert outcomes["beta"].status == "done", told
        for path, content in zip(paths, contents, strict=True):
            if error := outcomes[path.stem].error:
                assert_clear(error)
                assert isinstance(error, (InputError, CasebookError)), content
                assert not re.search(r"export to html: (?!no )\w+Error", str(error)), (
                    f"an exporter's fault is not clear: {content!r}"
                )

    examples(count // TOGETHER, together(spoilt_text(text)), claim, shrinks=False)
