"""Pictures: what kind one is by its content, and whether a reader's machine can be asked to draw it."""

from __future__ import annotations

import base64
import io
import math
import re
import warnings
from collections.abc import Iterator, Mapping
from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

MOST_PIXELS = 25_000_000
"""A photograph of 6,000 × 4,000 has 24 million."""
_FEWER = f"at most {MOST_PIXELS // 1_000_000} million are allowed"
_EXPANDED = 10_000
"""Elements that a drawing may have with all that it repeats, besides two for each that it has itself."""
_LONGEST_TEXT = 2_000
_WIDEST_EFFECT = 100
_MOST_OCTAVES = 10

_HREF = re.compile(r"href:\s*#(.+)")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_LINK = re.compile(r"url\(\s*[\"']?#([^)\"']+)")
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")

# What the first bytes of each kind of image are; a name or a media type may claim anything.
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
)
KIND = "it is not a PNG, JPEG, GIF, WebP or SVG image"


def media_type_of(data: bytes) -> str | None:
    """The media type of an image by its content, or None if it is none that a document can show."""
    for signature, media_type in _SIGNATURES:
        if data.startswith(signature):
            return media_type
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    return (
        "image/svg+xml"
        if b"<svg" in data[:4096] and data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<"
        else None
    )


def fault_of(data: bytes) -> str | None:
    """Why an image can't be shown, in words that follow its name; None where it can.

    >>> fault_of(b""), fault_of(b'<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>')
    ('it is empty', None)
    """
    media_type = media_type_of(data)
    if not data:
        return "it is empty"
    if media_type is None:
        return KIND
    return _fault_of_drawing(data) if media_type == "image/svg+xml" else _fault_of_pixels(data)


def _fault_of_pixels(data: bytes) -> str | None:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of many pixels, which are counted here
            with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "GIF", "WEBP")) as image:
                width, height = image.size
                if width * height > MOST_PIXELS:
                    return f"it has {width:,} × {height:,} pixels; {_FEWER}"
                image.load()
    except Image.DecompressionBombError:
        return f"it has far too many pixels; {_FEWER}"
    except Exception:  # a damaged file fails in as many ways as there are formats
        return "it is damaged"
    return None


def parse_drawing(data: bytes) -> ElementTree.Element:
    """A drawing's elements. Raises ValueError where it can't be read."""
    try:
        return ElementTree.fromstring(re.sub(rb"<!DOCTYPE[^>\[]*>", b"", data, flags=re.IGNORECASE))
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise ValueError("it is damaged") from error


def local_name(element: ElementTree.Element) -> str:
    """An element's name without its namespace, in lower case."""
    return str(element.tag).rpartition("}")[2].lower()


def _fault_of_drawing(data: bytes) -> str | None:
    try:
        root = parse_drawing(data)
    except ValueError as error:
        return str(error)
    if local_name(root) != "svg":
        return KIND
    elements = list(root.iter())
    if any("\\" in (element.text or "") for element in elements if local_name(element) == "style"):
        return "its style sheet has escapes, which can hide anything"
    try:
        takes_long = any(map(_takes_long, elements))
    except (ValueError, RecursionError):
        return "a picture in it is damaged"
    if takes_long or _expanded(root) > _EXPANDED + 2 * len(elements):
        return "a reader's machine would take too long to draw it"
    return None


def _takes_long(element: ElementTree.Element) -> bool:
    """Whether an element alone is a long work: text without end, filters over all, another picture in it."""
    for name, value in element.attrib.items():
        head, _, body = value.strip().partition(",")
        if name.rpartition("}")[2] == "href" and head.startswith("data:"):
            data = base64.b64decode(body) if head.endswith(";base64") else unquote_to_bytes(body)
            if fault_of(data):
                return True
    if len(element.text or "") > _LONGEST_TEXT and local_name(element) not in ("style", "metadata", "script"):
        return True
    widest = max((_largest(element.get(name, "")) for name in ("radius", "order", "stdDeviation")), default=0)
    return widest > _WIDEST_EFFECT or _largest(element.get("numOctaves", "")) > _MOST_OCTAVES


def _largest(text: str) -> float:
    return max((float(number) for number in _NUMBER.findall(text)), default=0.0)


def _expanded(root: ElementTree.Element) -> float:
    """How many elements a drawing has where each use of another counts as that one again.

    Infinite where something is made of itself.
    """
    by_id = {element.get("id"): element for element in root.iter() if element.get("id")}
    styles = _styles(root)
    sizes: dict[int, float] = {}
    waiting: list[tuple[ElementTree.Element, bool]] = [(root, False)]
    while waiting:
        element, ready = waiting.pop()
        parts = [(child, 1) for child in element]
        parts += [(by_id[name], times) for name, times in _repeated(element, styles) if name in by_id]
        if ready:
            sizes[id(element)] = 1 + sum(times * sizes[id(part)] for part, times in parts)
        elif id(element) not in sizes:
            sizes[id(element)] = math.inf  # until it is known: whoever meets it on the way is inside it
            waiting.append((element, True))
            waiting += [(part, False) for part, _ in parts if id(part) not in sizes]
    return sizes[id(root)]


def _repeated(element: ElementTree.Element, styles: Mapping[str, list[str]]) -> Iterator[tuple[str, int]]:
    """The ids of what an element draws again, and how often."""
    # A marker stands at each point of a line.
    points = max(1, len(_NUMBER.findall(element.get("d", "") + element.get("points", ""))))
    attributes = [f"{name.rpartition('}')[2]}: {value}" for name, value in element.attrib.items()]
    keys = ["*", local_name(element), f"#{element.get('id')}"]
    keys += [f".{name}" for name in element.get("class", "").split()]
    for declaration in [*attributes, *(each for key in keys for each in styles.get(key, ()))]:
        if found := _HREF.match(declaration):
            yield found[1], 1
        for target in _LINK.findall(declaration):
            yield target, points if "marker" in declaration else 1


def _styles(root: ElementTree.Element) -> dict[str, list[str]]:
    """What style sheets say of elements by class, id or name, where that draws others again."""
    styles: dict[str, list[str]] = {}
    for sheet in (element.text or "" for element in root.iter() if local_name(element) == "style"):
        for selectors, declarations in _RULE.findall(sheet):
            if "url" in declarations:
                for key in re.findall(r"[.#]?[\w-]+|\*", selectors):
                    styles.setdefault(key.lower() if key[0] not in ".#" else key, []).append(declarations)
    return styles
