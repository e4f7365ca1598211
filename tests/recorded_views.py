"""What a template's notebook shows, kept instead of drawn: remarks by title, and views that a test names."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unittest import mock

from casebook import Case


@contextlib.contextmanager
def recorded(**views: Callable[..., Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """What the notebooks run meanwhile show.

    A remark stands under its title as (text, warning). `views` names methods of `Case`; each function takes
    that method's arguments and gives what to keep, by name.
    """
    found: dict[str, Any] = {}

    def keeping(keep: Callable[..., Mapping[str, Any]]) -> Callable[..., None]:
        return lambda _, *given, **named: found.update(keep(*given, **named))

    def remark(title: str, text: str, *, warning: bool = False) -> Mapping[str, Any]:
        return {title: (text.replace("\xa0", " "), warning)}

    kept = {name: keeping(keep) for name, keep in {"remark": remark, **views}.items()}
    with mock.patch.multiple(Case, **kept):
        yield found
