"""One HTML file with everything in it: no address to fetch, readable from phone to print, and no script but
that of the live panel, which the page's own policy names by its hash.
"""

from __future__ import annotations

import base64
import hashlib
import re
import warnings
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from pathlib import Path

from traitlets import default

from casebook import i18n
from casebook.exporters import ExportWarning, live_panel
from casebook.exporters.document import Document, Heading, transform_tree
from casebook.exporters.embeds import Embed, Flag, Picture, Trusted, embed_number
from casebook.exporters.glyphs import assets
from casebook.exporters.html_table_writer import table_nodes
from casebook.exporters.notebook_exporter import DocumentExporter
from casebook.exporters.pandoc import Node, write
from casebook.exporters.pictures import PictureError, from_bundle
from casebook.views import colour
from casebook.views.html import to_html, view_style

# 'unsafe-inline' styles: the page's own, and those inside a chart's SVG.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; "
    "base-uri 'none'; form-action 'none'"
)

_OUTWARD = ["", [], [["rel", "noopener noreferrer"]]]
"""Attributes of a link that leaves the page: where it leads learns nothing of where it stood."""

_DARK_PAPER = "#10151f"


class HTMLExporter(DocumentExporter):
    """nbconvert's way to the page; `jupyter nbconvert --to casebook-html` takes it."""

    export_from_notebook = "casebook HTML"
    output_mimetype = "text/html"

    @default("file_extension")
    def _file_extension_default(self) -> str:
        return ".html"

    def render(self, document: Document, folders: list[Path]) -> str:
        """The page's text."""
        return to_page(document)


def to_page(document: Document) -> str:
    """Set `document` as one HTML file."""
    panel = live_panel.panel(document.record)
    known = [*([panel.script_hash] if panel else []), *_trusted_scripts(document)]
    scripts = [f"'{each}'" for each in known]
    policy = f"{POLICY}; script-src {' '.join(scripts)}" if scripts else POLICY
    body, log = write(_body(document, panel), "html5-task_lists", "--mathml", "--syntax-highlighting", "none")
    for tex in re.findall(r"Could not convert TeX math (.*), rendering as TeX", log):
        warnings.warn(f"mathematics shown as its source: {tex}", ExportWarning, stacklevel=2)
    language = document.locale.language
    tag = "-".join(part for part in (language, document.locale.script, document.locale.territory) if part)
    name = document.client.name
    title = _text(f"{name} · {document.title}" if name else document.title)
    contents = _contents(document.headings, i18n.say(language, "Contents"))
    return "\n".join(
        (
            "<!DOCTYPE html>",
            f'<html lang="{tag}" dir="{document.locale.text_direction}">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="generator" content="casebook">',
            '<meta name="referrer" content="no-referrer">',
            f"<title>{title}</title>",
            f"<style>{_style(document)}{panel.style if panel else ''}</style>",
            "</head>",
            "<body>",
            f'<a class="skip" href="#cb-main">{i18n.say(language, "Skip to content")}</a>',
            _header(document),
            '<div class="page columns">',
            contents,
            '<main id="cb-main" tabindex="-1">',
            # What may be wider than a narrow screen scrolls, and the keyboard can reach what scrolls.
            body.strip().replace('<math display="block"', '<math display="block" tabindex="0"'),
            "</main>",
            "</div>",
            _footer(document, name),
            *([panel.scripts] if panel else []),
            "</body>",
            "</html>",
            "",
        )
    )


def _text(text: object) -> str:
    return escape(str(text), quote=True)


def _body(document: Document, panel: live_panel.Panel | None) -> list[Node]:
    def change(node: Node) -> Node | list[Node]:
        number = embed_number(node)
        if number is not None:
            return {"t": node["t"], "c": ["html", _embed_html(document.embeds[number])]}
        if node["t"] == "Header":  # level 1 is the document's title
            return {"t": "Header", "c": [min(node["c"][0] + 1, 6), *node["c"][1:]]}
        if node["t"] == "Link" and not node["c"][2][0].startswith("#"):
            return {"t": "Link", "c": [_OUTWARD, *node["c"][1:]]}
        return table_nodes(node) if node["t"] == "Table" else node

    blocks: list[Node] = transform_tree(list(document.blocks), change)
    if panel:  # at the end of the first section
        starts = (place for place, node in enumerate(blocks) if node["t"] == "Header" and node["c"][0] == 2)
        blocks.insert(next((place for place in starts if place), len(blocks)), _raw(panel.html))
    return blocks


def _embed_html(embed: Embed) -> str:
    match embed:
        case Flag(text):
            return f'<span class="flag">[{_text(text)}]</span>'
        case Trusted(html):
            return f'<div class="trusted">{html}</div>'
        case Picture():
            return _picture(embed)
    return to_html(embed)


def _picture(embed: Picture) -> str:
    image = f'<img alt="{_text(embed.alt)}" src="{_data_uri(embed.data, embed.media_type)}">'
    if embed.inline:
        return image
    caption = f"<figcaption>{_text(embed.caption)}</figcaption>" if embed.caption else ""
    return f'<figure class="picture">{image}{caption}</figure>'


def _trusted_scripts(document: Document) -> list[str]:
    """What the policy calls the scripts of trusted cells; their addresses stay refused."""
    found = [
        script
        for embed in document.embeds
        if isinstance(embed, Trusted)
        for script in re.findall(r"<script\b[^>]*>(.*?)</script\s*>", embed.html, re.DOTALL | re.IGNORECASE)
    ]
    digests = (hashlib.sha256(script.encode()).digest() for script in dict.fromkeys(found))
    return [f"sha256-{base64.b64encode(digest).decode()}" for digest in digests]


def _data_uri(data: bytes, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def _raw(html: str) -> Node:
    return {"t": "RawBlock", "c": ["html", html]}


def _header(document: Document) -> str:
    name, settings = document.client.name, document.settings
    parts = [_logo(document, name)]
    if name:
        parts.append(f'<p class="client"><bdi>{_text(name)}</bdi></p>')
    parts.append(f"<h1>{_text(document.title)}</h1>")
    about = (document.date, settings.author, settings.confidentiality)
    if any(about):
        parts.append(f'<p class="about">{"".join(f"<span>{_text(it)}</span>" for it in about if it)}</p>')
    return f'<header><div class="page">{"".join(parts)}</div></header>'


def _logo(document: Document, name: str) -> str:
    logo = document.client.logo
    if logo is None:
        return ""
    try:
        uri = _data_uri(*from_bundle(logo.data, logo.media_type))
    except PictureError:
        return ""
    alt = i18n.say(document.locale.language, "Logo of {name}", name=name) if name else "Logo"
    return f'<img class="logo" alt="{_text(alt)}" src="{uri}">'


def _contents(headings: Sequence[Heading], label: str) -> str:
    shown = [heading for heading in headings if heading.level <= 2]
    if len(shown) < 2:
        return ""
    items = "".join(_entries(shown))
    head = f'<h2 id="cb-contents">{label}</h2>'
    return f'<nav class="contents" aria-labelledby="cb-contents">{head}<ol>{items}</ol></nav>'


def _entries(headings: Sequence[Heading]) -> Iterator[str]:
    for number, heading in enumerate(headings):
        following = headings[number + 1].level if number + 1 < len(headings) else 1
        yield f'<li><a href="#{_text(heading.anchor)}">{_text(heading.text)}</a>'
        if following > heading.level:
            yield "<ol>"
        else:
            yield "</li>" + "</ol></li>" * (heading.level - following)


def _footer(document: Document, name: str) -> str:
    confidentiality = document.settings.confidentiality
    left = (
        f"<span><bdi>{_text(name)}</bdi> · {_text(document.title)}</span>"
        if name
        else f"<span>{_text(document.title)}</span>"
    )
    right = " · ".join(_text(it) for it in (confidentiality, document.date) if it)
    return f'<footer><div class="page">{left}<span>{right}</span></div></footer>'


def _style(document: Document) -> str:
    own = colour.parse(document.client.colour)
    light, dark = colour.accent(own), colour.readable(own, _DARK_PAPER)
    tints = colour.mix(light, colour.WHITE, 0.94), colour.mix(_DARK_PAPER, dark, 0.1)
    colours = (
        f":root{{--accent-light:{light};--accent-dark:{dark};--tint-light:{tints[0]};--tint-dark:{tints[1]}}}"
    )
    return "\n".join((_font_faces(), colours, _page_style(), view_style()))


def prepare() -> None:
    """Read what is the same in every page."""
    _font_faces()
    _page_style()
    view_style()


@cache
def _page_style() -> str:
    return (assets() / "style.css").read_text(encoding="utf-8")


@cache
def _font_faces() -> str:
    faces = ((400, "Inter-Regular-subset.woff2"), (600, "Inter-SemiBold-subset.woff2"))
    return "".join(
        f'@font-face{{font-family:"Casebook Inter";font-weight:{weight};font-display:swap;'
        f'src:url({_data_uri((assets() / "fonts" / file).read_bytes(), "font/woff2")}) format("woff2")}}'
        for weight, file in faces
    )
