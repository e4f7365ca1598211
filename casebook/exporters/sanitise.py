"""HTML and drawings from outputs made harmless, before anything reads them: nh3 (ammonia) does the work.

What a document can't show leaves a remark in its place, as `<span class="cb-unshown">what it is</span>`.
"""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from functools import cache
from html import escape, unescape
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from casebook.exporters.cell_style import parse_style
from casebook.exporters.stylesheets import inline_styles
from casebook.schema.pictures import local_name, parse_drawing

if TYPE_CHECKING:
    import nh3

UNSHOWN = "cb-unshown"
"""The class of a remark."""

_MATHS = {
    "math", "mi", "mn", "mo", "mtext", "mspace", "mrow", "mfrac", "msqrt", "mroot", "mstyle", "msub", "msup",
    "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mpadded", "mphantom", "semantics",
}  # fmt: skip
_TAGS = {
    "a", "abbr", "address", "article", "aside", "b", "bdi", "bdo", "big", "blockquote", "br", "caption",
    "center", "cite", "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em",
    "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins",
    "kbd", "li", "main", "mark", "nav", "ol", "p", "pre", "q", "rp", "rt", "ruby", "s", "samp", "section",
    "small", "span", "strike", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th",
    "thead", "time", "tr", "tt", "u", "ul", "var", "wbr", *_MATHS,
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "td": {"colspan", "rowspan", "align", "style"},
    "th": {"colspan", "rowspan", "align", "style"},
    "tr": {"style"},
}
_WIDEST_SPAN = 1000  # as in HTML itself
_SCHEMES = {"http", "https", "mailto", "data", "attachment"}

_ACTIVE = re.compile(
    r"<(script|iframe|object|embed|canvas|video|audio|applet|portal)\b([^>]*)>(?:(.*?)</\1\s*>)?",
    re.DOTALL | re.IGNORECASE,
)
_SOURCE = re.compile(r"""\b(?:src|data)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_DRAWING = re.compile(r"<svg\b.*?</svg\s*>", re.DOTALL | re.IGNORECASE)
_SCRIPT_REMARK = re.compile(rf'<span class="{UNSHOWN}">script</span>')


def html(text: str) -> str:
    """`text` as HTML without script, event handler, form, style sheet or foreign namespace.

    >>> html('<b onclick="f()">a</b><script>f()</script><iframe src="https://a.example"></iframe>')
    '<b>a</b><span class="cb-unshown">script</span><span class="cb-unshown">iframe: https://a.example</span>'
    """
    text = _ACTIVE.sub(_remark, inline_styles(text))
    return _cleaner().clean(_DRAWING.sub(_as_image, text))


def needs_script(clean: str) -> bool:
    """Whether a script was taken out of what `html` gave."""
    return _SCRIPT_REMARK.search(clean) is not None


def says_nothing(clean: str) -> bool:
    """Whether nothing can be seen of what `html` gave but remarks on scripts."""
    rest = _SCRIPT_REMARK.sub("", clean)
    return "<img" not in rest and not unescape(re.sub(r"<[^>]*>", "", rest)).strip()


@cache
def _cleaner() -> nh3.Cleaner:
    import nh3

    return nh3.Cleaner(
        tags=_TAGS,
        clean_content_tags={"script", "style", "template"},
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        allowed_classes={"span": {UNSHOWN}},
        url_schemes=_SCHEMES,
        link_rel=None,
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    if name in ("rowspan", "colspan"):
        known = value.isdecimal() and len(value) < 6 and int(value) > 0
        return str(min(int(value), _WIDEST_SPAN)) if known else None
    if name != "style":
        return value
    style = parse_style(value)
    # pandas aligns whole rows of headers to the right; columns know better.
    return replace(style, align="").css if tag == "tr" else style.css


def _remark(match: re.Match[str]) -> str:
    kind = match[1].lower()
    source = next((a or b or c for a, b, c in _SOURCE.findall(match[2])), "")
    remark = kind if kind == "script" or not source else f"{kind}: {unescape(source)}"
    return f'<span class="{UNSHOWN}">{escape(remark)}</span>'


def _as_image(match: re.Match[str]) -> str:
    """A drawing in HTML becomes an image: as that, it can neither run nor fetch anything."""
    text = match[0] if "xmlns=" in match[0] else match[0].replace("<svg", f'<svg xmlns="{_SVG}"', 1)
    data = base64.b64encode(text.encode("utf-8", "replace")).decode()
    return f'<img src="data:image/svg+xml;base64,{data}" alt="">'


_SVG, _XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
_SUSPECT = re.compile(
    rb"<[\w:]*(?:script|foreignobject|handler)|[\s\"']on\w+\s*=|javascript:|@import|<!entity|<!doctype[^>]*\["
    rb"|href\s*=\s*[\"']\s*(?!#|data:image/)|url\(\s*[\"']?\s*(?!#|data:)",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(r"javascript:|@import|url\(\s*[\"']?\s*(?!#|data:)", re.IGNORECASE)


def svg(data: bytes) -> bytes:
    """A drawing without scripts, handlers and addresses outside; untouched if it has none.

    Embedded HTML (foreignObject), which only browsers draw, becomes text. Raises ValueError where it can't be
    parsed.

    >>> svg(b'<svg xmlns="http://www.w3.org/2000/svg"><script>f()</script><g onclick="f()"/></svg>')
    b'<svg xmlns="http://www.w3.org/2000/svg"><g /></svg>'
    """
    if not _SUSPECT.search(data):
        return data
    ElementTree.register_namespace("", _SVG)
    ElementTree.register_namespace("xlink", _XLINK)
    root = parse_drawing(data)
    _clean_element(root)
    return ElementTree.tostring(root, encoding="utf-8" if not data.isascii() else "us-ascii")


def _clean_element(element: ElementTree.Element) -> None:
    for name, value in list(element.attrib.items()):
        local = name.rpartition("}")[2].lower()
        outside = local == "href" and not value.strip().startswith(("#", "data:image/"))
        if outside or local.startswith("on") or _OUTSIDE.search(value):
            del element.attrib[name]
    if element.text and local_name(element) == "style" and _OUTSIDE.search(element.text):
        element.text = ""
    for child in list(element):
        if local_name(child) in ("script", "handler"):
            element.remove(child)
        elif local_name(child) == "foreignobject":
            _become_text(child)
        else:
            _clean_element(child)


def _become_text(element: ElementTree.Element) -> None:
    """Put the words of embedded HTML in the middle of its box."""

    def middle(start: str, length: str) -> str:
        def number(name: str) -> float:
            found = re.match(r"-?[\d.]+", element.get(name, ""))
            return float(found[0]) if found else 0.0

        return f"{number(start) + number(length) / 2:g}"

    words = " ".join("".join(element.itertext()).split())
    place = {"x": middle("x", "width"), "y": middle("y", "height")}
    kept = {key: element.attrib[key] for key in ("transform",) if key in element.attrib}
    tail = element.tail
    element.clear()
    element.tag, element.text, element.tail = f"{{{_SVG}}}text", words, tail
    element.attrib.update({**place, **kept, "text-anchor": "middle", "dominant-baseline": "middle"})
