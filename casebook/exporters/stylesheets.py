"""The style sheets inside an output, put onto the elements that they speak of: pandas' Styler colours so."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

_SHEET = re.compile(r"<style\b[^>]*>(.*?)</style\s*>", re.DOTALL | re.IGNORECASE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_AT_RULE = re.compile(r"@[^{};]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})")
_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_SEEN = re.compile(r"\b(?:background|background-color|color|font-weight|font-style|text-align)\s*:", re.I)
_COMPOUND = re.compile(r"(\*|[a-zA-Z][\w-]*)?((?:[.#][\w-]+)*)")
_TAG = re.compile(r"""<(/?)([a-zA-Z][\w-]*)((?:[^>"']|"[^"]*"|'[^']*')*)>""")
_NAMED = re.compile(r"""\b(id|class|style)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.IGNORECASE)
_VOID = {"br", "hr", "img", "input", "col", "wbr", "meta", "link", "area", "base", "embed", "source"}

Names = frozenset[str]
"""What a selector can ask of an element: its tag, `#id` and each `.class`."""


@dataclass(frozen=True)
class _Rule:
    chain: tuple[Names, ...]
    """What is asked of ancestors, outermost first, and last of the element itself."""
    declarations: str
    rank: tuple[int, int, int, int]


def inline_styles(html: str) -> str:
    """`html` without its style sheets, and with style attributes instead, as far as it is understood.

    Selectors of tags, classes and ids, alone or below each other, are followed; others are left out. It is
    about looks alone: what comes out is as safe or unsafe as what went in.

    >>> inline_styles("<style>#a td.b {color: red}</style><table id=a><td class=b>1</td></table>")
    '<table id=a><td class=b style="color: red;">1</td></table>'
    """
    sheets = _SHEET.findall(html)
    if not sheets:
        return html
    rules = _rules_by_name(_COMMENT.sub("", "\n".join(sheets)))
    html = _SHEET.sub("", html)
    return _apply(html, rules) if rules else html


def _rules_by_name(css: str) -> dict[str, list[_Rule]]:
    """Rules by one name that an element must have to be meant."""
    rules: dict[str, list[_Rule]] = defaultdict(list)
    for place, (selectors, declarations) in enumerate(_RULE.findall(_AT_RULE.sub("", css))):
        if not _SEEN.search(declarations):
            continue
        for selector in selectors.split(","):
            chain = _chain(selector)
            if chain:
                names = [name for part in chain for name in part]
                ids, classes = (sum(name[0] == mark for name in names) for mark in "#.")
                rank = (ids, classes, len(names) - ids - classes, place)
                key = min(chain[-1], key=lambda name: (name[0] != "#", name[0] != "."))
                rules[key].append(_Rule(chain, declarations.strip().rstrip(";") + ";", rank))
    return rules


def _chain(selector: str) -> tuple[Names, ...]:
    chain = []
    for compound in selector.split():
        match = _COMPOUND.fullmatch(compound)
        if not match or not compound:
            return ()
        tag = () if match[1] in (None, "*") else (match[1].lower(),)
        chain.append(frozenset((*tag, *re.findall(r"[.#][\w-]+", match[2]))))
    return tuple(chain) if chain and chain[-1] else ()


def _apply(html: str, rules: dict[str, list[_Rule]]) -> str:
    above: list[tuple[str, Names]] = []

    def change(match: re.Match[str]) -> str:
        closing, tag, attributes = match[1], match[2].lower(), match[3]
        if closing:
            for place in range(len(above) - 1, -1, -1):
                if above[place][0] == tag:
                    del above[place:]
                    break
            return match[0]
        given = {name.lower(): a or b or c for name, a, b, c in _NAMED.findall(attributes)}
        classes = (f".{name}" for name in given.get("class", "").split())
        names = frozenset((tag, *classes, *((f"#{given['id']}",) if "id" in given else ())))
        meant = [rule for name in names for rule in rules.get(name, ()) if _selects(rule.chain, names, above)]
        if tag not in _VOID and not attributes.endswith("/"):
            above.append((tag, names))
        if not meant:
            return match[0]
        style = "".join(rule.declarations for rule in sorted(meant, key=lambda rule: rule.rank))
        rest = re.sub(r"""\bstyle\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""", "", attributes, flags=re.IGNORECASE)
        style = (style + given.get("style", "")).replace('"', "'")
        return f'<{match[2]}{rest.rstrip()} style="{style}">'

    return _TAG.sub(change, html)


def _selects(chain: tuple[Names, ...], names: Names, above: list[tuple[str, Names]]) -> bool:
    if not chain[-1] <= names:
        return False
    ancestors = list(chain[:-1])
    for _, those in reversed(above):
        if ancestors and ancestors[-1] <= those:
            ancestors.pop()
    return not ancestors
