"""Executed notebook in, finished document out; each exporter is an entry point of nbconvert."""


class ExportWarning(UserWarning):
    """Something in a notebook could not be shown as it is; the document says so at that place, too."""
