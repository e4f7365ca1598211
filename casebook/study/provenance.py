"""What a case follows from, as hashes: the same however a value was written (10% or 0.1)."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from casebook.errors import CaseError
from casebook.record.types import LogoRecord
from casebook.schema.inputs import InputValue
from casebook.schema.parameters import Parameters
from casebook.schema.typed_json import to_json

_MEDIA_TYPES = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".svg": "image/svg+xml"}


def digests_of(read: Parameters, before: Mapping[str, InputValue | None]) -> dict[str, str]:
    """SHA-256 (hex) of the template and of the parameters.

    `before` are the inputs that were measured, as they were given; what was measured follows from the data,
    which have hashes of their own.
    """
    inputs = {name: value for name, value in {**read.inputs, **before}.items() if value is not None}
    values = {
        "client": [read.client.name, read.client.colour, to_json(logo_of(read.client.logo))],
        "money": [read.currency, read.locale, read.years, str(read.start), read.discount_rate],
        "target_return": read.target_return,
        "inputs": {name: dataclasses.astuple(given) for name, given in inputs.items()},
        "scenarios": {name: dataclasses.asdict(each) for name, each in read.scenarios.items()},
        "correlations": [[*pair, rho] for pair, rho in read.correlations.items()],
        "options": {key: dataclasses.asdict(each) for key, each in read.options.items()},
        "decision": dataclasses.asdict(read.decision),
        "review": {rule: dataclasses.asdict(answer) for rule, answer in read.review.items()},
        "story": dataclasses.asdict(read.story),
        "document": read.document,
        "approved": read.approved.sha256 if read.approved else None,
        "actuals": dataclasses.asdict(read.actuals) if read.actuals else None,
    }
    canonical = json.dumps(values, sort_keys=True, ensure_ascii=False, default=str).encode()
    return {"template": read.template.digest(), "parameters": hashlib.sha256(canonical).hexdigest()}


def logo_of(path: Path | None) -> LogoRecord | None:
    """A client's logo as it goes into the record. Raises CaseError where the file can't be read."""
    if path is None:
        return None
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CaseError(f"the logo {path.name} can't be read: {error.strerror}") from error
    data = base64.b64encode(content).decode("ascii")
    return LogoRecord(media_type=_MEDIA_TYPES[path.suffix.lower()], data=data)
