"""Which HTML tags in Markdown are read, and which are shown as the text that they are."""

from __future__ import annotations

import re

WRAPPERS = {
    "sub": "Subscript", "sup": "Superscript", "b": "Strong", "strong": "Strong", "i": "Emph", "em": "Emph",
    "u": "Underline", "ins": "Underline", "s": "Strikeout", "del": "Strikeout",
}  # fmt: skip
"""Inline tags, and the node of pandoc that each stands for."""

HARMLESS = {
    *WRAPPERS, "mark", "kbd", "small", "span", "a", "abbr", "cite", "q", "font", "big", "code", "wbr",
}  # fmt: skip
"""Inline tags that may go, as long as what they hold stays."""

_READABLE = {
    *HARMLESS, "p", "div", "center", "br", "hr", "img", "figure", "figcaption", "blockquote", "pre",
    "table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th", "col", "colgroup", "ul", "ol", "li",
    "dl", "dt", "dd", "h1", "h2", "h3", "h4", "h5", "h6", "details", "summary", "section", "article",
    "header", "footer",
}  # fmt: skip

TAG = re.compile(r"<(/?)([a-zA-Z][\w:-]*)")
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
STYLE_SHEETS = re.compile(r"(?:<style\b[^>]*>.*?</style\s*>\s*)+", re.DOTALL | re.IGNORECASE)
ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")


def is_readable(html: str) -> bool:
    """Whether a block of HTML is nothing but text, lists, tables and images.

    >>> is_readable("<table><tr><td>1</td></tr></table>"), is_readable("<p>a <script>b</script></p>")
    (True, False)
    """
    names = {name.lower() for _, name in TAG.findall(html)}
    return names <= _READABLE and not html.startswith(("<!", "<?"))
