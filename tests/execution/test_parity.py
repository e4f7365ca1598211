# ruff: noqa: E501 - a cell stands in one line, as it is
"""A cell gives the same in a fork as on an ordinary kernel."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from functools import partial
from itertools import islice
from pathlib import Path

import pytest

from casebook.execution.fork_pool import ForkPool
from casebook.execution.notebook_run import PRELOAD
from casebook.schema.reader import read_parameters
from tests.conftest import ROOT
from tests.execution import tasks

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks are for Linux")

NOTEBOOKS = {
    "streams": [
        "import sys\nprint('a'); print('b', file=sys.stderr); print('c', end=''); sys.stdout.write('d\\n')",
        "print('one', flush=True); print('two', flush=True)",
        "print('before'); display(1); print('between', end=''); display(2); print('after')",
        "import sys\nprint('x', file=sys.stderr)\nprint('y')",
        "print('progress\\r', end=''); print('done\\b')",
        "print('é 漢 😀 \\x1b[31mred\\x1b[0m')",
        "print('')",
        "'no print at all';",
    ],
    "below Python": [
        "!echo shell",
        "lines = !printf 'a\\nb\\n'\nlines",
        "%%bash\necho out\necho err >&2",
        "%%capture held\nprint('held back')",
        "held.stdout",
        "import contextlib, io\nwith contextlib.redirect_stdout(io.StringIO()) as text: print('caught')\ntext.getvalue()",
        "import multiprocessing\nchild = multiprocessing.get_context('fork').Process(target=print, args=('from a child',))\n"
        "child.start(); child.join(); child.exitcode",
    ],
    "results": [
        "1 + 1",
        "_ + 1",
        "In[1], Out[1]",
        "{'a': (1, 2), 'b': [None, True]}",
        "class Rich:\n    def _repr_html_(self): return '<b>html</b>'\n    def _repr_latex_(self): return '$x$'\n"
        "    def __repr__(self): return 'plain'\nRich()",
        "class Bundle:\n    def _repr_mimebundle_(self, include=None, exclude=None):\n"
        "        return {'application/vnd.test+json': {'a': [1, 2.5, None]}, 'text/plain': 'b'}, {'text/plain': {'k': 1}}\n"
        "Bundle()",
        "class Broken:\n    def __repr__(self): raise ValueError('no repr')\n",
        "#tags: raises-exception\nBroken()",
        "from IPython.display import HTML, Markdown, Latex, JSON, SVG, Javascript, Image\nHTML('<i>x</i>')",
        "display(Markdown('*m*'), Latex('$y$'), JSON({'a': 1}), metadata={'m': 1})",
        "SVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')",
        "import base64\nImage(base64.b64decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='))",
        "display({'text/plain': 'raw', 'text/html': '<p>raw</p>'}, raw=True)",
        "None",
        "1; 2;",
        "import fractions\nfractions.Fraction(1, 3)",
        "x = 3\nx?",
        "get_ipython().__class__.__name__.endswith('Shell')",
    ],
    "updates": [
        "handle = display('first', display_id='here')",
        "handle.update('second')",
        "display('third', display_id='here'); print('said')",
        "from IPython.display import update_display, clear_output\nupdate_display('fourth', display_id='here')",
        "print('gone'); clear_output(); print('stays')",
        "print('gone later'); clear_output(wait=True); print('stays')",
        "for n in range(3):\n    clear_output(wait=True)\n    display(n)",
    ],
    "errors": [
        "def deep(n):\n    return 1 / n if n == 0 else deep(n - 1)",
        "#tags: raises-exception\ndeep(2)",
        "#tags: raises_exception\nraise KeyError('no such')",
        "#tags: raises-exception\nthis is no Python",
        "#tags: raises-exception\nimport no_such_module_at_all",
        "#tags: raises-exception\ntry:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise ValueError('while') from error",
        "#tags: raises-exception\nraise ExceptionGroup('many', [ValueError(1), TypeError('two')])",
        "#tags: raises-exception\nprint('said before'); input('name?')",
        "#tags: raises-exception\nimport getpass; getpass.getpass()",
        "#tags: raises-exception\n%no_such_magic",
        "#tags: raises-exception\nraise KeyboardInterrupt",
        "#tags: raises-exception\nimport sys; sys.exit(3)",
        "#tags: skip-execution\nprint('never')",
        "#tags: skip_execution\nprint('never')",
        "import warnings\nwarnings.warn('careful')\nprint('goes on')",
        "import warnings\nwarnings.warn('old', DeprecationWarning)",
        "import logging\nlogging.warning('logged')",
    ],
    "magics": [
        "%%writefile made.txt\ntext",
        "open('made.txt').read()",
        "%env CASEBOOK_TEST=1",
        "import os; os.environ['CASEBOOK_TEST']",
        "%pwd\n''",
        "%who_ls",
        "%%html\n<b>x</b>",
        "%%javascript\n1",
        "%%latex\n$x$",
        "%%python\nimport sys; print(sys.prefix)",
        "!python -c 'import sys; print(sys.prefix)'",
        "%precision 2\n3.14159",
        "%timeit -n1 -r1 -q pass",
    ],
    "async": [
        "import asyncio\nawait asyncio.sleep(0, 'awaited')",
        "async def gives():\n    for n in range(3):\n        await asyncio.sleep(0)\n        yield n",
        "[n async for n in gives()]",
        "task = asyncio.create_task(asyncio.sleep(0, 'in the back'))",
        "await task",
        "#tags: raises-exception\nasyncio.run(asyncio.sleep(0))",
        "import asyncio\nasyncio.get_running_loop().is_running()",
        "try:\n    await asyncio.wait_for(asyncio.sleep(5), 0.01)\nexcept TimeoutError:\n    print('late')",
        "#tags: raises-exception\nawait asyncio.wait_for(asyncio.sleep(5), 0.01)",
    ],
    "state": [
        "import numpy as np, decimal\nnp.set_printoptions(precision=2); decimal.getcontext().prec = 5",
        "np.array([1 / 3]), decimal.Decimal(1) / 3",
        "__name__",
        "import pickle\nclass Thing:\n    n = 1\npickle.loads(pickle.dumps(Thing())).n",
        "import sys\nsys.modules['__main__'].Thing is Thing",
        "import os, pathlib\npathlib.Path.cwd().name, os.environ['MPLBACKEND']",
        "import dataclasses\n@dataclasses.dataclass\nclass D:\n    a: int\nD(1)",
        "def doubled(n):\n    return 2 * n",
        "import inspect\nprint(inspect.getsource(doubled))",
        "'' in sys.path, os.getcwd() in sys.path",
        "import contextvars\nmine = contextvars.ContextVar('mine'); token = mine.set(5)",
        "mine.get()",
        "import locale\nlocale.setlocale(locale.LC_ALL)",
        "sys.stdin.read() if False else 'no input'",
        "sys.getrecursionlimit() > 900, sys.stdout.encoding.lower(), sys.stdout.isatty()",
        "import signal\nsignal.getsignal(signal.SIGTERM) is not None",
    ],
    "tables and figures": [
        "import pandas as pd, numpy as np",
        "pd.get_option('display.max_columns'), pd.get_option('display.notebook_repr_html')",
        "frame = pd.DataFrame(np.arange(60).reshape(2, 30)); frame",
        "print(frame)",
        "frame[0]",
        "frame.style.format('{:.1f}').set_uuid('same')",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2, 3]);",
        "figure, axes = plt.subplots(); axes.bar([1, 2], [3, 4])",
        "plt.figure(figsize=(2, 1)); plt.plot([1]); plt.show(); print('after the figure')",
        "figure",
        "plt.get_fignums()",
        "%matplotlib inline\nplt.plot([3, 1]); plt.title('again')",
        "%config InlineBackend.figure_formats = ['svg']\nplt.rcParams['svg.hashsalt'] = 'x'\nplt.plot([1])\nNone",
        "import matplotlib\nmatplotlib.get_backend().lower().endswith('inline')",
    ],
    "prose": [
        "a = 2",
        "Text: it is {eval}`a + 1`, and {eval}``f'{a}`'``, {eval}`nothing_here`.",
        "Text: nothing to compute",
        "a = 5\nprint(a)",
        "Text: now {eval}`a`, {eval}`__import__('fractions').Fraction(1, a)`",
    ],
    "left behind": [
        "import threading, time\nstop = threading.Event()\nthreading.Thread(target=stop.wait, daemon=True).start()",
        "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nsignal.signal(signal.SIGINT, signal.SIG_IGN);",
        "import os\nos.chdir('/')\nos.getcwd()",
        "import sys\nsys.stderr.close()",
        "try:\n    print('no more', file=sys.stderr)\nexcept ValueError as error:\n    print(error)",
        "pid = os.fork()\nif pid == 0:\n    os._exit(0)\nos.waitpid(pid, 0)[1]",
        "import tempfile, shutil\nfolder = tempfile.mkdtemp(); os.chdir(folder); shutil.rmtree(folder)\nprint('no folder')",
        "1 + 1",
    ],
}
TOGETHER = (
    (
        "results",
        "streams",
        "below Python",
        "updates",
        "prose",
        "tables and figures",
        "magics",
        "state",
        "async",
    ),
    ("errors",),
    ("left behind",),
)
"""Those that leave the next one's cells alone run in one notebook: what costs most is to start a kernel.
What `async` leaves to the collector of garbage is told whenever that comes by, so it is the last."""
CLIENTS = ("airline-three-years", "beer-community")
"""One with ranges, one that measures; of each template a client is in tests/test_templates_run.py."""


def other_programs(folder: Path) -> list[str]:
    """Places for a PATH: one that may not be read, and one with another `python`."""
    closed, other = folder / "closed", folder / "other"
    closed.mkdir(mode=0)
    other.mkdir()
    (other / "python").write_text("#!/bin/sh\necho another Python\n", encoding="utf-8")
    (other / "python").chmod(0o755)
    return [str(closed), str(other)]


def run_both(folder: Path, notebooks: dict[str, Callable[[Path], tuple]]) -> dict[str, dict]:
    """Each notebook as the two engines run it, by name and engine; what writes it gives what to run it with."""
    made: dict[str, dict] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.setenv("PATH", os.pathsep.join([*other_programs(folder), os.environ["PATH"]]))
        patch.chdir(ROOT)
        with ForkPool(
            "tests.execution.tasks:run", jobs=2, preload=(*PRELOAD, "casebook.views", "pandas")
        ) as forks:
            for engine in ("fork", "kernel"):
                for name, write in notebooks.items():
                    path, *more = write(folder / engine / name / "notebook.ipynb")
                    forks.submit(f"{name}/{engine}", path, engine, *more)
            for key, ended in forks.completed():
                name, engine = key.rsplit("/", 1)
                made.setdefault(name, {})[engine] = ended
    return made


@pytest.fixture(scope="module")
def both(tmp_path_factory) -> dict[str, dict]:
    """The cells of each subject as the two engines run them."""

    def write(path: Path, names: tuple[str, ...]) -> tuple[Path]:
        return (tasks.write(path, [cell for name in names for cell in NOTEBOOKS[name]]),)

    writers = {names[0]: partial(write, names=names) for names in TOGETHER}
    ran = run_both(tmp_path_factory.mktemp("both"), writers)
    made: dict[str, dict] = {name: {} for name in NOTEBOOKS}
    for names in TOGETHER:
        for engine, ended in ran[names[0]].items():
            assert ended.error is None, ended.error
            cells = iter(ended.value.cells)
            for name in names:
                made[name][engine] = list(islice(cells, len(NOTEBOOKS[name])))
    return made


@pytest.fixture(scope="module")
def clients(tmp_path_factory) -> dict[str, dict]:
    """The example clients."""

    def write(path: Path, client: str) -> tuple[Path, Path, dict]:
        given = read_parameters(ROOT / "params" / f"{client}.yaml")
        path.parent.mkdir(parents=True)
        path.write_bytes(given.template.notebook.read_bytes())
        return path, ROOT / "params", given.values

    writers = {client: partial(write, client=client) for client in CLIENTS}
    return run_both(tmp_path_factory.mktemp("clients"), writers)


def told(cell) -> dict:
    """What a reader of a cell sees, without what no two runs share."""
    text = re.sub(r"0x[0-9a-f]{6,}", "0x", repr(cell.get("outputs", [])))
    text = re.sub(r"<dc:date>[^<]*<", "<", text)
    # IPython marks the expression that failed, but not in code that ran so often that CPython specialised it.
    text = re.sub(r"\\x1b\[(30;43|39;49)m", "", text)
    return {
        "outputs": re.sub(r"/tmp/[\w/.-]+", "/tmp", text),
        "count": cell.get("execution_count"),
        "expressions": cell.metadata.get("user_expressions"),
    }


def assert_alike(fork: list, kernel: list) -> None:
    for ours, theirs in zip(fork, kernel, strict=True):
        assert told(ours) == told(theirs), ours.source


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_fork_gives_what_a_kernel_gives(both, name):
    assert_alike(both[name]["fork"], both[name]["kernel"])


@pytest.mark.slow
@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_s_case_comes_out_of_a_fork_as_of_a_kernel(clients, client):
    fork, kernel = clients[client]["fork"], clients[client]["kernel"]
    assert (fork.error, kernel.error) == (None, None)
    assert_alike(fork.value.cells, kernel.value.cells)
    assert fork.value.metadata == kernel.value.metadata


def test_python_in_a_cell_is_the_one_that_runs_casebook(both):
    """Not the first on a PATH that an analyst, a cron job or a service happens to have."""
    for engine in ("fork", "kernel"):
        said = [
            cell.outputs[0].text.strip() for cell in both["magics"][engine] if "sys.prefix" in cell.source
        ]
        assert said == [sys.prefix] * 2, engine


def test_a_figure_is_shown_once_in_the_cell_that_draws_it(both):
    cells = both["tables and figures"]["fork"]
    shown = [sum("image" in str(output.get("data", {}).keys()) for output in cell.outputs) for cell in cells]
    assert shown == [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 0, 1, 1, 0]
