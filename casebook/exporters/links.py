"""Which links a document keeps."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_safe_link(target: str) -> bool:
    """Whether a link may stay one: to the web, to a mail address, or to a place in the document.

    >>> [is_safe_link(t) for t in ("https://a.example/b", "#top", "javascript:alert(1)", "notes.txt")]
    [True, True, False, False]
    """
    if target.startswith("#"):
        return len(target) > 1
    try:
        parts = urlsplit(target)
    except ValueError:
        return False
    return parts.scheme.lower() == "mailto" or (
        parts.scheme.lower() in ("http", "https") and bool(parts.netloc)
    )
