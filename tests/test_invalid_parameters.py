"""Broken and hostile parameters: each gives its message, soon, and never anything but an InputError."""

import difflib
import shutil
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casebook.errors import InputError
from casebook.schema.parameters import KEYS, Parameters
from casebook.schema.reader import parse_parameters, read_parameters

HERE = Path(__file__).parent
INVALID = HERE / "invalid"
VALID = INVALID / "valid.yaml"
ALL_VALID = (
    VALID,
    *(INVALID / f"valid-{what}.yaml" for what in ("ranges", "actuals", "wholes", "story", "options")),
)
BROKEN = sorted(INVALID.glob("[0-9]*.yaml"))
NOT_ONE_MISTAKE = ("several", "top-level", "empty.yaml")
GIVEN = {"template": "../templates/tiny", "client": {"name": "Example Air"}}


@pytest.fixture
def file(tmp_path):
    """A place for a parameter file, beside copies of what the valid one refers to."""
    shutil.copytree(HERE / "templates", tmp_path / "templates")
    (tmp_path / "params").mkdir()
    shutil.copy(INVALID / "logo.svg", tmp_path / "params")
    return tmp_path / "params" / "acme.yaml"


def error(path: Path) -> str:
    with pytest.raises(InputError) as caught:
        read_parameters(path)
    assert caught.value.exit_code == 2
    return str(caught.value)


def test_there_are_enough_broken_files():
    assert len(BROKEN) >= 150
    assert {path.stem for path in BROKEN} == {path.stem for path in INVALID.glob("*.expected")}


@pytest.mark.usefixtures("no_installed_templates")
@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_gives_its_message(path, monkeypatch):
    monkeypatch.chdir(HERE.parent)
    shown = path.relative_to(HERE.parent)
    assert error(shown).replace(str(shown), "FILE") + "\n" == path.with_suffix(".expected").read_text()


@pytest.mark.parametrize(
    "path",
    [path for path in BROKEN if not any(word in path.name for word in NOT_ONE_MISTAKE)],
    ids=lambda path: path.stem,
)
def test_a_broken_file_is_a_valid_one_with_one_mistake(path):
    wrong = path.read_text().splitlines()
    changes = []
    for valid in ALL_VALID:
        found = difflib.SequenceMatcher(None, valid.read_text().splitlines(), wrong, autojunk=False)
        changes.append(sum(kind != "equal" for kind, *_ in found.get_opcodes()))
    assert min(changes) == 1


@pytest.mark.parametrize("path", ALL_VALID, ids=lambda path: path.stem)
def test_the_valid_files_are_valid(path):
    assert isinstance(read_parameters(path), Parameters)


def many(line: bytes) -> bytes:
    return b"".join(line % number for number in range(9_000))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"client: {name: \xff}", ":1: the byte 0xff is not UTF-8"),
        ("template: x".encode("utf-16"), ":1: the file is in UTF-16; must be UTF-8"),
        (b"template: tiny\nyears: \x00", ":2: the line contains the control character U+0000"),
        (
            b"years: " + b"9" * 10_000,
            ":1: years is 999999999999999999999999999999999999999999999999999999999999…",
        ),
        (b"inputs: " + b"[" * 100_000, ":1: values are nested deeper than 20 levels"),
        (b"inputs: " + b"{a: " * 100_000, ":1: values are nested deeper than 20 levels"),
        (b"years: 1" + b":1" * 400_000, ":1: years is 1:1:1"),
        (b"a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]\n", ":1: the anchor &a is not allowed"),
        (b"x" * 1_000_001, ":1: the file is over 1 MB"),
        (b"years: 3\n" * 15_000, ":2: the key years is given twice, first in line 1"),
        (b"template: tiny\ninputs:\n" + many(b"  input%d: 1\n"), ":3: no input is called 'input0'"),
        (many(b"key%d: 1\n"), ":1: no parameter is called 'key0'"),
    ],
    ids=[
        "bytes",
        "utf-16",
        "nul",
        "digits",
        "lists",
        "mappings",
        "base 60",
        "bomb",
        "size",
        "twice",
        "inputs",
        "keys",
    ],
)
def test_a_hostile_file_gets_a_message_soon(content, expected, file):
    file.write_bytes(content)
    start = time.process_time()
    message = error(file)
    assert time.process_time() - start < 10
    assert expected in message


def test_values_that_hold_themselves_are_refused_soon():
    loop: list[object] = []
    loop.append(loop)
    with pytest.raises(InputError, match="nested deeper than 20 levels"):
        parse_parameters({**GIVEN, "story": loop}, folder=INVALID)
    wide: list[object] = []
    for _ in range(15):
        wide = [wide] * 10
    with pytest.raises(InputError, match="there are more than 20,000 values"):
        parse_parameters({**GIVEN, "story": {"goals": wide}}, folder=INVALID)


# Anything at all

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.just("10%"))
KEYS = st.one_of(
    st.sampled_from(
        [
            *KEYS,
            *("calls", "minutes_saved", "adoption", "value", "low", "high", "distribution", "note"),
            *("name", "kpis", "goals", "no-ramp", "whole", "pilot", "learns", "gate", "money", "option"),
        ]
    ),
    st.text(max_size=6),
)
NESTED = st.recursive(
    SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=4))
)


SETTABLE = ["calls", "years", "client.name", "calls.low", "adoption", "adoption.high", "calls.distribution"]
SECTIONS = ("inputs", "scenarios", "correlations", "options", "decision", "review")


def parameters_or_input_error(read) -> None:
    try:
        found = read()
    except InputError as error:
        assert error.problems
        assert str(error).isprintable() or "\n" in str(error)
        str(error).encode()
    else:
        assert isinstance(found, Parameters)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(KEYS, NESTED, max_size=5))
def test_any_mapping_gives_parameters_or_an_input_error(values):
    parameters_or_input_error(lambda: parse_parameters({**GIVEN, **values}, folder=INVALID))
    parameters_or_input_error(lambda: parse_parameters(values, folder=INVALID))


@settings(max_examples=150, deadline=None)
@given(st.fixed_dictionaries({}, optional={name: st.dictionaries(KEYS, NESTED) for name in SECTIONS}))
def test_any_section_gives_parameters_or_an_input_error(sections):
    parameters_or_input_error(lambda: parse_parameters({**GIVEN, **sections}, folder=INVALID))


FUZZ = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@FUZZ
@given(data=st.data(), valid=st.sampled_from(ALL_VALID))
def test_any_change_of_a_file_gives_parameters_or_an_input_error(data, valid, file):
    lines = valid.read_text().splitlines()
    for _ in range(data.draw(st.integers(1, 3))):
        index = data.draw(st.integers(0, len(lines) - 1))
        start = data.draw(st.integers(0, len(lines[index])))
        text = data.draw(
            st.one_of(st.text(max_size=5), st.sampled_from(["[", "{", "- ", ": ", "'", "&a ", "8", "\t"]))
        )
        lines[index] = lines[index][:start] + text + lines[index][start + data.draw(st.integers(0, 3)) :]
    file.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    parameters_or_input_error(lambda: read_parameters(file))


@FUZZ
@given(
    st.dictionaries(
        st.one_of(st.sampled_from(SETTABLE), st.text()),
        st.one_of(st.text(), st.sampled_from(["1", "50%", "[1, 2, 3]", "normal", "{value: 1}"])),
        max_size=4,
    ),
    st.sampled_from(ALL_VALID),
)
def test_any_override_gives_parameters_or_an_input_error(overrides, valid):
    parameters_or_input_error(lambda: read_parameters(valid, overrides=overrides))
