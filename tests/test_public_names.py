"""The names of the package: complete, sorted, and there."""

from __future__ import annotations

import casebook


def test_every_public_name_can_be_imported():
    for name in casebook.__all__:
        assert getattr(casebook, name).__name__ == name


def test_the_public_names_are_sorted_and_complete():
    from casebook import errors
    from casebook.formula import functions, operations

    assert casebook.__all__ == sorted(casebook.__all__)
    raised = {name for name in vars(errors) if name.endswith("Error") or name == "Problem"}
    assert raised <= set(casebook.__all__)
    written = set(operations.FUNCTION_NAMES.split(", ")) - {"abs"} | {"constant", "computed"}
    assert written <= set(casebook.__all__)
    assert all(hasattr(functions, name) for name in written)


def test_each_estimator_is_public_with_an_example():
    from casebook import measurement

    assert measurement.__all__ == sorted(measurement.__all__)
    for name in measurement.__all__:
        found = getattr(measurement, name)
        assert found.__doc__
        if name[0].islower():
            assert ">>>" in found.__doc__, name


def test_an_unknown_name_is_an_attribute_error():
    try:
        casebook.nothing  # noqa: B018
    except AttributeError as error:
        assert "nothing" in str(error)
    else:
        raise AssertionError("casebook.nothing exists")
