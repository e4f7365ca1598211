"""A picture is shown if it is one, and if a reader's machine can be asked to draw it."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from casebook.schema.pictures import fault_of

NAMESPACES = (
    'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9"'
)
LONG = "a reader's machine would take too long to draw it"


def drawing(inside: str) -> bytes:
    return f"<svg {NAMESPACES}>{inside}</svg>".encode()


def chain(part: str, use: str, levels: int = 8, fan: int = 8) -> str:
    """Elements each of which draws the one before several times."""
    made = part.format(id="a0", inside='<rect width="9" height="9"/>')
    for level in range(1, levels):
        made += part.format(id=f"a{level}", inside=use.format(id=f"a{level - 1}") * fan)
    return f"<defs>{made}</defs>{use.format(id=f'a{levels - 1}')}"


def picture(kind: str, size: tuple[int, int] = (20, 10)) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, "#123456").save(content, kind)
    return content.getvalue()


TOO_LONG = {
    "uses of uses": chain('<g id="{id}">{inside}</g>', '<use href="#{id}"/>'),
    "uses by another name": chain('<g id="{id}">{inside}</g>', '<use xlink:href="#{id}"/>'),
    "masks of masks": chain('<mask id="{id}">{inside}</mask>', '<rect mask="url(#{id})"/>'),
    "masks by style": chain('<mask id="{id}">{inside}</mask>', "<rect style=\"mask: url( '#{id}' )\"/>"),
    "clips of clips": chain('<clipPath id="{id}">{inside}</clipPath>', '<rect clip-path="url(#{id})"/>'),
    "patterns of patterns": chain('<pattern id="{id}">{inside}</pattern>', '<rect fill="url(#{id})"/>'),
    "markers at each point": chain(
        '<marker id="{id}">{inside}</marker>',
        '<path d="M0 0 L1 1 2 2 3 3 4 4" marker-mid="url(#{id})"/>',
        fan=1,
    ),
    "masks by class": "<style>"
    + "".join(f"rect.a{n} {{mask: url(#m{n - 1})}}" for n in range(1, 9))
    + "</style>"
    + "".join(f'<mask id="m{n}">{f"""<rect class="a{n}"/>""" * 9}</mask>' for n in range(8))
    + '<rect class="a8"/>',
    "itself": '<g id="a"><use href="#a"/></g>',
    "endless noise": '<filter id="f"><feTurbulence numOctaves="1000000"/></filter><rect filter="url(#f)"/>',
    "wide effects": '<filter id="f"><feMorphology radius="10000"/></filter><rect filter="url(#f)"/>',
    "text without end": f"<text>{'W' * 100_000}</text>",
    "another picture in it": '<image href="data:image/png;base64,bm8gcGljdHVyZQ=="/>',
}


@pytest.mark.parametrize("name", TOO_LONG)
def test_a_drawing_that_grows_while_it_is_drawn_is_refused(name):
    assert fault_of(drawing(TOO_LONG[name])) == LONG


@pytest.mark.parametrize(
    "inside",
    [
        '<rect width="9" height="9"/>',
        "<defs><path id='p' d='M0 0'/></defs>" + "<use href='#p' x='1'/>" * 20_000,
        "<style>.a{fill:url(#g);} .b{clip-path:url(#c);}</style>"
        "<linearGradient id='g'><stop/></linearGradient>"
        "<clipPath id='c'><rect class='a'/></clipPath><g class='b'><path class='a'/></g>",
        '<filter id="f"><feGaussianBlur stdDeviation="3"/></filter><g filter="url(#f)"><text>Acme</text></g>',
        f'<image href="data:image/png;base64,{base64.b64encode(picture("PNG")).decode()}"/>',
        "<g><use href='#missing'/></g>",
    ],
)
def test_a_drawing_as_programs_make_them_is_shown(inside):
    assert fault_of(drawing(inside)) is None


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_a_picture_of_pixels_is_shown_whole_or_not_at_all(kind):
    whole = picture(kind, (200, 100))
    assert fault_of(whole) is None
    assert fault_of(whole[: len(whole) // 2]) == "it is damaged"


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", "it is empty"),
        (b"text", "it is not a PNG, JPEG, GIF, WebP or SVG image"),
        (b"\x89PNG\r\n\x1a\n", "it is damaged"),
        (b"<svg", "it is damaged"),
        (b"<html><svg></svg></html>", "it is not a PNG, JPEG, GIF, WebP or SVG image"),
        (picture("PNG", (5001, 5000)), "it has 5,001 × 5,000 pixels; at most 25 million are allowed"),
        (drawing("<style>a {ma\\73k: url(#m)}</style>"), "its style sheet has escapes, which can hide anything"),  # noqa: E501
        (b'<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">' + b"".join(
            b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
        ) + b"]><svg>&j;</svg>", "it is damaged"),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_told(data, fault):
    assert fault_of(data) == fault
