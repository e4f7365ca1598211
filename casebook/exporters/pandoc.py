"""Reading and writing through pandoc, in as few calls as possible: a call costs more than its work."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from casebook.errors import ExportError, Problem

Node = dict[str, Any]
"""One element of pandoc's document tree: `{"t": type, "c": content}`."""

MARKDOWN = (
    "commonmark+pipe_tables+footnotes+tex_math_dollars+task_lists+strikeout+autolink_bare_uris"
    "-raw_attribute-attributes"
)
"""Raw attributes are off, so that no text can carry Typst or HTML; HTML tags arrive as nodes to be judged."""

HTML = "html-native_divs-raw_html"

TIME_LIMIT_SECONDS = 60

# A footnote or a link definition would reach into the other cells if these were read in one text.
_DEFINITION = re.compile(r"^[ \t>*+\-\d.)]*\[[^\]\n]+\]:", re.MULTILINE)


@cache
def _program() -> str:
    import pypandoc  # type: ignore[import-untyped]

    name = "pandoc.exe" if sys.platform == "win32" else "pandoc"
    shipped = Path(pypandoc.__file__).parent / "files" / name
    # Asking pypandoc would start pandoc once more, only to learn its version.
    return str(shipped) if shipped.exists() else str(pypandoc.get_pandoc_path())


def prepare() -> None:
    """Find the program."""
    _program()


def _run(arguments: Sequence[str], text: str) -> tuple[str, str]:
    try:
        done = subprocess.run(
            [_program(), "--sandbox", *arguments],
            input=text.encode(),
            capture_output=True,
            timeout=TIME_LIMIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        problem = Problem("", f"pandoc took more than {TIME_LIMIT_SECONDS} s", "split the largest cell")
        raise ExportError(str(problem)) from None
    message = done.stderr.decode(errors="replace").strip()
    if done.returncode != 0:
        raise ExportError(f"pandoc refused: {message}")
    return done.stdout.decode(), message


@lru_cache(maxsize=512)
def _tree(text: str, source: str) -> str:
    return _run(["--from", source, "--to", "json"], text)[0]


def _read(text: str, source: str) -> list[Node]:
    blocks: list[Node] = json.loads(_tree(text, source))["blocks"]
    return blocks


def _is_separator(node: Node, token: str) -> bool:
    return node["t"] == "Para" and node["c"] == [{"t": "Str", "c": token}]


def _read_joined(texts: Sequence[str], source: str) -> list[list[Node]]:
    """Read several texts as one; where one swallows what follows it (an open fence), read the halves."""
    if len(texts) <= 1:
        return [_read(text, source) for text in texts]
    token = "cb" + hashlib.sha256("\0".join(texts).encode()).hexdigest()[:24]
    separator = f"<p>{token}</p>" if source == HTML else token
    parts: list[list[Node]] = [[]]
    for node in _read(f"\n\n{separator}\n\n".join(texts), source):
        if _is_separator(node, token):
            parts.append([])
        else:
            parts[-1].append(node)
    if len(parts) == len(texts) and token not in json.dumps(parts):
        return parts
    middle = len(texts) // 2
    return _read_joined(texts[:middle], source) + _read_joined(texts[middle:], source)


def read(texts: Sequence[str], source: str = MARKDOWN) -> list[list[Node]]:
    """Read each text into its blocks, independent of the others: no footnote or link crosses over.

    >>> [[node["t"] for node in blocks] for blocks in read(["# One", "two\\n\\n- three"])]
    [['Header'], ['Para', 'BulletList']]
    """
    alone = {i for i, text in enumerate(texts) if source == MARKDOWN and _DEFINITION.search(text)}
    joined = [i for i in range(len(texts)) if i not in alone]
    groups = ([joined] if joined else []) + [[i] for i in sorted(alone)]
    result: list[list[Node]] = [[] for _ in texts]
    with ThreadPoolExecutor(max_workers=4) as pool:
        trees = pool.map(lambda group: _read_joined([texts[i] for i in group], source), groups)
        for group, parts in zip(groups, trees, strict=True):
            for i, part in zip(group, parts, strict=True):
                result[i] = part
    return result


def write(blocks: Sequence[Node], target: str, *options: str) -> tuple[str, str]:
    """The text of `blocks` in format `target`, and what pandoc had to say about it."""
    tree = {"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": list(blocks)}
    arguments = ["--from", "json", "--to", target, "--wrap", "none", *options]
    return _run(arguments, json.dumps(tree))


def text_of(node: Any) -> str:
    """The plain text in a node or a list of nodes, notes left out.

    >>> text_of(read(["*It* pays `now`"])[0])
    'It pays now'
    """
    if isinstance(node, list):
        return "".join(text_of(item) for item in node)
    if not isinstance(node, dict):
        return ""
    kind = node.get("t")
    content: Any = node.get("c")
    if kind == "Str":
        return str(content)
    if kind in ("Space", "SoftBreak", "LineBreak"):
        return " "
    if kind in ("Code", "CodeBlock", "Math"):
        return str(content[1])
    return "" if kind in ("Note", "RawInline", "RawBlock") else text_of(content)


def words(text: str) -> list[Node]:
    """Nodes that show `text` as it is; a line end becomes a line break.

    >>> [node["t"] for node in words("two words\\nand")]
    ['Str', 'Space', 'Str', 'LineBreak', 'Str']
    """
    nodes: list[Node] = []
    for number, line in enumerate(text.split("\n")):
        if number:
            nodes.append({"t": "LineBreak"})
        for piece in re.findall(r"[ \t]+|[^ \t]+", line):
            nodes.append({"t": "Space"} if piece[0] in " \t" else {"t": "Str", "c": piece})
    return nodes


def paragraph(text: str) -> Node:
    """One paragraph that shows `text` as it is."""
    return {"t": "Para", "c": words(text)}
