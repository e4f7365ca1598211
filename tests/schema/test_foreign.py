"""Files of JSON from elsewhere: what is wrong with one is told without what must not be told."""

from __future__ import annotations

import json

import pytest

from casebook.errors import InputError
from casebook.schema.notebooks import read_notebook

URL = "postgresql://reader:hunter2@db.example.org/shop"


@pytest.mark.parametrize(
    "content",
    [URL, [URL], {"cells": URL}, {"cells": [{"cell_type": URL}]}, {"cells": [], "metadata": {URL: 1}}],
)
def test_no_message_repeats_a_password(tmp_path, content):
    path = tmp_path / "template.ipynb"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(InputError, match="the file is not a notebook") as error:
        read_notebook(path)
    assert "hunter2" not in str(error.value)
