"""YAML as casebook reads it: what a value is, where it stands, and what no file may do."""

import time

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook.schema.number_text import NumberError, is_number_text, read_number, write_number
from casebook.schema.yaml_source import MAX_DEPTH, REFUSED, read_yaml


class Papermill(yaml.SafeLoader):
    """The loader with which papermill reads `-f FILE`."""


Papermill.yaml_implicit_resolvers = {
    first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
    for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def first_finding(text: str | bytes) -> str:
    finding = read_yaml(text).findings[0]
    return f"{finding.line}: {finding.message}"


def test_values_and_lines():
    source = read_yaml(
        "a: 1\nb:\n  - x\n  - {c: 'no', d: |\n      e\n    }\n".replace("|\n      e\n    ", "e")
    )
    assert source.value == {"a": 1, "b": ["x", {"c": "no", "d": "e"}]}
    assert source.lines["b",] == 2
    assert source.lines["b", 1] == 4
    assert source.lines["b", 1, "c"] == 4
    assert source.findings == ()


def test_numbers_keep_the_text_that_was_written():
    source = read_yaml("a: 8.50\nb: true\nc: '8.50'\nd: 22_000_000\n")
    assert source.value == {"a": 8.5, "b": True, "c": "8.50", "d": "22_000_000"}
    assert source.written == {("a",): "8.50", ("b",): "true"}


@pytest.mark.parametrize(
    "text",
    [
        "012",
        "007",
        "08",
        "0o14",
        "0x1F",
        "0b1",
        "0_5",
        "1__0",
        "1_",
        "no",
        "No",
        "NO",
        "yes",
        "on",
        "OFF",
        "12:30:45",
        "1:30",
        "-1:30.5",
        "=",
        "<<",
        "1e-400",
    ],
)
def test_a_scalar_that_two_readers_take_differently_is_refused(text):
    source = read_yaml(f"a: {text}")
    assert source.value == {"a": REFUSED}
    assert "can be read as" in source.findings[0].message
    assert "quote it" in source.findings[0].hint
    assert read_yaml(f"a: '{text}'").value == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("22_000_000", "22_000_000"),
        ("1e5", 1e5),
        ("10%", "10%"),
        ("10 %", "10 %"),
        (".5", 0.5),
        ("-.5", -0.5),
        ("+5", 5),
        ("1_000.5", "1_000.5"),
        ("2026-11-21", "2026-11-21"),
        ("y", "y"),
        ("n", "n"),
        ("null", None),
        ("~", None),
        ("", None),
        ("TRUE", True),
        ("1,000", "1,000"),
        ("http://example.org", "http://example.org"),
    ],
)
def test_a_scalar_that_means_the_same_to_both_is_taken(text, value):
    source = read_yaml(f"a: {text}")
    assert source.findings == ()
    assert source.value == {"a": value}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1: the file is empty"),
        ("\n# only this\n", "1: the file is empty"),
        ("a: 1\nb: \x00", "2: the line contains the control character U+0000"),
        ("a: 1\rb: 2", "1: the line contains the control character U+000D"),
        ("a: \u2028", "1: the line contains the invisible character U+2028"),
        ('a: "\\ud800"', "1: a contains the invisible character U+D800"),
        ('a: "\\UFFFFFFFF"', "1: this is not YAML: an escape or a sign here can't be read"),
        (b"a: 1\nb: \xff", "2: the byte 0xff is not UTF-8"),
        ("a: 1".encode("utf-16"), "1: the file is in UTF-16; must be UTF-8"),
        ("? [a, b]\n: 1", "1: a list stands as a key; a key is text"),
        ("{a: 1}: 2", "1: a mapping stands as a key; a key is text"),
        ("true: 2", "1: the key true is not text"),
        ("~: 2", "1: the key ~ is not text"),
        (": 2", "1: the key (empty) is not text"),
        ("*a : 2", "1: the alias *a is not allowed"),
        ("a: !!str 1", "1: the tag !!str is not allowed"),
        ("a: ! 1", "1: the tag ! is not allowed"),
        ("!!map {a: 1}", "1: the tag !!map is not allowed"),
        ("a: !<x> [1]", "1: the tag x is not allowed"),
    ],
)
def test_what_is_refused(text, expected):
    assert first_finding(text) == expected


def test_a_byte_order_mark_and_windows_line_ends_are_fine():
    source = read_yaml(b"\xef\xbb\xbfa: 1\r\nb: |\r\n  c\r\n  d\r\n")
    assert source.value == {"a": 1, "b": "c\nd\n"}
    assert source.findings == ()


def test_all_findings_come_at_once_with_their_lines():
    source = read_yaml("a: &x 1\nb: no\nb: 2\nc: *x\nd: [012, !t 3]\n")
    assert [finding.line for finding in source.findings] == [1, 2, 3, 4, 5, 5]
    assert source.complete


def test_nesting_is_bounded():
    deep = "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    assert read_yaml(f"a: {deep}").findings == ()
    assert first_finding(f"a: [{deep}]") == f"1: values are nested deeper than {MAX_DEPTH} levels"


BOMB = "a: &a [x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 8)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
HOSTILE = {
    "alias bomb": BOMB,
    "brackets": "[" * 100_000,
    "braces": "{" * 100_000,
    "dashes": "- " * 100_000,
    "questions": "? " * 100_000,
    "values": f"a: [{'1,' * 400_000}]",
    "values under a key that is there twice": f"a: 1\na: [{'1,' * 400_000}]",
    "digits": "a: " + "9" * 10_000,
    "digits and colons": "a: 1" + ":1" * 400_000,
    "exponent": "a: 1e999999999999",
    "one line": "a: " + "x" * 999_000,
    "words": "a: " + "x " * 499_000,
    "open quote": "a: '" + "x " * 499_000,
    "escapes": 'a: "' + "\\u00e9" * 160_000 + '"',
    "long key": "a" * 999_000 + ": 1",
    "spaces": " " * 999_000,
    "lines": "\n" * 999_000,
    "comments": "#\n" * 499_000,
    "documents": "---\n" * 200_000,
    "over a megabyte": "a: " + "x" * 1_000_000,
    "control characters": "\x01\n" * 400_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_ends_soon(text):
    start = time.process_time()
    source = read_yaml(text)
    assert time.process_time() - start < 10
    assert len(source.findings) < 100
    assert all(len(finding.message) < 250 for finding in source.findings)


def test_the_hostile_are_named():
    assert first_finding(BOMB) == "1: the anchor &a is not allowed"
    assert first_finding(HOSTILE["digits"]).endswith("…, a number of 10000 characters")
    assert first_finding(HOSTILE["over a megabyte"]) == "1: the file is over 1 MB, and no more can be read"
    assert first_finding(HOSTILE["values"]) == "1: the file holds more than 20,000 values"


# Pieces that meet in YAML's dark corners more often than letters do.
PIECES = st.sampled_from(
    [
        *[
            "a",
            "b: ",
            "c:\n",
            "- ",
            "? ",
            ": ",
            "\n",
            "\n  ",
            "\n    ",
            " ",
            "[",
            "]",
            "{",
            "}",
            ",",
            "'",
            '"',
        ],
        *["|\n  ", ">-\n  ", "|2", "%", "@", "~", "0", "012", "1e5", ".5", "no", "x y", "é", "\t", "_", "\\"],
        *[
            "---",
            "...",
            "!",
            "&",
            "*",
            "=",
            "<<",
            "1:2",
            "\r\n",
            "\u00a0",
            "\ufeff",
            "\x85",
            chr(0xD800),
            " #",
        ],
        *["10%", "9" * 30],
    ]
)


def meaning(value: object) -> object:
    if isinstance(value, dict):
        return {key: meaning(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [meaning(entry) for entry in value]
    if value is None or isinstance(value, bool) or (isinstance(value, str) and not is_number_text(value)):
        return value
    try:
        return read_number(value)
    except NumberError as error:
        return error.rule


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=16).map("".join))
def test_what_is_taken_means_the_same_to_papermill(text):
    """A file without findings gives plain papermill (PyYAML, YAML 1.1) the same keys, texts and numbers."""
    source = read_yaml(f"first: 1\n{text}")
    if not source.findings:
        assert meaning(yaml.load(f"first: 1\n{text}", Loader=Papermill)) == meaning(source.value)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(), st.binary(), st.lists(PIECES).map("".join)))
def test_any_text_gives_a_value_or_findings(text):
    source = read_yaml(text)
    assert source.findings or source.complete
    assert all(finding.line >= 1 for finding in source.findings)


@given(st.floats(min_value=-1e18, max_value=1e18))
def test_a_number_survives_being_written(number):
    assert read_number(write_number(number)) == number
    assert read_number(write_number(number, "share")) == number
    assert read_number(read_yaml(f"a: {write_number(number, 'share')}").value["a"]) == number


@given(st.integers(min_value=-(10**15), max_value=10**15))
def test_underscores_and_percent_signs_change_the_notation_only(number):
    assert read_number(f"{number:_}") == number
    assert read_number(f"{number}%") == read_number(f"{number} %") == number / 100


@settings(max_examples=300)
@given(st.one_of(st.text(), st.from_regex(r"[0-9.,'eE_ %$€+-]{1,12}", fullmatch=True)))
def test_text_is_a_number_or_a_number_error(text):
    try:
        number = read_number(text)
    except NumberError as error:
        assert error.rule
    else:
        assert abs(number) <= 1e18


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1,000", "write 1000: use _ between thousands"),
        ("12,345,678.9", "write 12_345_678.9: use _ between thousands"),
        ("12.345.678", "write 12_345_678: use _ between thousands"),
        ("1.000,5", "write 1000.5: use _ between thousands"),
        ("1 000 000", "write 1_000_000: use _ between thousands"),
        ("1'000", "write 1000: use _ between thousands"),
        ("12,5%", "write 12.5%: use _ between thousands"),
        ("$250", "write 250: the currency is stated once"),
        ("250 €", "write 250: the currency is stated once"),
        ("USD 1,250", "write 1250: the currency is stated once"),
        ("22 million", "write 22e6"),
        ("3k", "write 3e3"),
        ("10 percent", "write 10%"),
        ("12 months", "write 12: the unit is stated in inputs.yaml"),
        ("−5", "write -5, with a hyphen for minus"),
        ("about 5", "write a number such as"),
        ("", "write a number such as"),
    ],
)
def test_a_slip_gets_the_number_that_was_meant(text, hint):
    with pytest.raises(NumberError) as caught:
        read_number(text)
    assert caught.value.hint.startswith(hint)
