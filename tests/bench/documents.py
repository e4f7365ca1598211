"""HTML and PDF of a notebook of some 30 pages with 20 figures, beside what nbconvert makes of the same.

Run it with `make bench`. nbconvert's webpdf needs Playwright with its own browser; the installed Chromium
that prints nbconvert's HTML does the same work, so that is the peer here. Each way runs in a process of its
own: *cold* is the first document, imports included; *warm* is the quickest of those after it (other texts, so
that no cache helps), as in a batch whose tasks are forked from a process that has imported everything.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

FIGURES, SECTIONS = 20, 20
AIMS = {"html": 2.0, "pdf": 0.2}
"""Our time as a share of nbconvert's, warm."""
LIMITS = {"html": 2.0, "pdf": 1.0}
"""What would be a step back."""


def notebook(seed: int) -> NotebookNode:
    """Sections of prose, mathematics, a list, a table of pandas and a figure of matplotlib."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt
    import numpy as np
    import pandas as pd
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

    random = np.random.default_rng(seed)
    words = ["the", "case", "rests", "on", "what", "customers", "do", "after", "they", "were", "answered"]
    cells = []
    for section in range(SECTIONS):
        prose = "\n\n".join(" ".join(random.choice(words, 90)) + "." for _ in range(4))
        maths = rf"$$\sum_{{i=1}}^{{{section}}} \frac{{x_i}}{{(1 + r)^i}}$$"
        points = "\n".join(f"- **{' '.join(random.choice(words, 8))}** `{n}`" for n in range(5))
        cells.append(new_markdown_cell(f"## Section {section} of {seed}\n\n{prose}\n\n{maths}\n\n{points}"))
        frame = pd.DataFrame(random.normal(size=(12, 6)).round(3), columns=list("abcdef"))
        data = {"text/html": frame.to_html(), "text/plain": frame.to_string()}
        cells.append(new_code_cell("frame", outputs=[new_output("execute_result", data=data)]))
        figure, axes = plt.subplots(figsize=(7, 3.5))
        axes.plot(random.normal(size=80).cumsum())
        drawing = io.StringIO()
        figure.savefig(drawing, format="svg")
        plt.close(figure)
        data = {"image/svg+xml": drawing.getvalue(), "text/plain": "<Figure>"}
        cells.append(new_code_cell("plot", outputs=[new_output("display_data", data=data)]))
    return new_notebook(cells=cells)


def ours_html(path: Path) -> bytes:
    """`jupyter nbconvert --to casebook-html`, as a call."""
    from casebook.exporters.html import HTMLExporter

    return HTMLExporter().from_filename(str(path))[0].encode()


def theirs_html(path: Path) -> bytes:
    """`jupyter nbconvert --to html`, as a call."""
    from nbconvert.exporters.html import HTMLExporter

    return str(HTMLExporter().from_filename(str(path))[0]).encode()


def ours_pdf(path: Path) -> bytes:
    """`jupyter nbconvert --to casebook-pdf`, as a call."""
    from casebook.exporters.pdf import PDFExporter

    return PDFExporter().from_filename(str(path))[0]


def theirs_pdf(path: Path) -> bytes:
    """What `jupyter nbconvert --to webpdf` does: its HTML, printed by a browser."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert chromium is not None
    page, printed = path.with_suffix(".html"), path.with_suffix(".pdf")
    page.write_bytes(theirs_html(path))
    options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]
    offline = ["--disable-background-networking", "--host-resolver-rules=MAP * ~NOTFOUND"]
    command = [chromium, *options, *offline, f"--print-to-pdf={printed}", page.as_uri()]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return printed.read_bytes()


WAYS: dict[str, Callable[[Path], bytes]] = {
    "ours html": ours_html,
    "theirs html": theirs_html,
    "ours pdf": ours_pdf,
    "theirs pdf": theirs_pdf,
}


def alone(way: str, paths: list[Path]) -> None:
    """Make one document after the other in this process and print what each took."""
    seconds = []
    for path in paths:
        start = time.perf_counter()
        made = WAYS[way](path)
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"cold": seconds[0], "warm": min(seconds[1:]), "bytes": len(made)}))


def measured(way: str, paths: list[Path]) -> dict[str, Any]:
    """What `alone` prints, from a process of its own."""
    command = [sys.executable, "-m", "tests.bench.documents", way, *map(str, paths)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> int:
    """Compare both formats; 1 where a limit is passed."""
    import nbformat

    missed = False
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{seed}.ipynb" for seed in range(4)]
        for seed, path in enumerate(paths):
            nbformat.write(notebook(seed), path)
        print(f"Documents of {SECTIONS} sections with {FIGURES} figures, cold and warm")
        for kind, peer in (("html", "nbconvert html"), ("pdf", "nbconvert html, printed by Chromium")):
            ours, theirs = measured(f"ours {kind}", paths), measured(f"theirs {kind}", paths)
            for name, found in ((f"casebook {kind}", ours), (peer, theirs)):
                size = found["bytes"] / 1e6
                print(f"  {name:36} {found['cold']:6.2f} s {found['warm']:6.2f} s {size:6.2f} MB")
            cold, warm = (ours[each] / theirs[each] for each in ("cold", "warm"))
            missed |= warm > LIMITS[kind]
            print(f"  {kind}: {cold:.2f} of nbconvert's time cold, {warm:.2f} warm (aim: {AIMS[kind]})")
    return 1 if missed else 0


if __name__ == "__main__":
    if sys.argv[1:]:
        alone(sys.argv[1], [Path(each) for each in sys.argv[2:]])
    else:
        sys.exit(main())
