"""All positive roots of a polynomial, found by exact integer arithmetic so that none is missed.

Eigenvalue methods return rates that are none and lose those that lie close together. Here the turning
points come first, isolated by Descartes' rule of signs under bisection (Vincent, Collins and Akritas);
between two of them the polynomial is monotone, so that a change of sign means one root and no change none.
Floats are dyadic fractions: every sign below is that of the exact value.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise

# Flows are themselves rounded. Where the exact value is within a few roundings of its own terms, the
# polynomial counts as touching zero: a double root stays one, whichever way its coefficients were rounded.
_NOISE = Fraction(16, 2**53)
# Coefficients smaller than this beside the largest would only lead to roots that no float can hold.
_NOTHING = Fraction(1, 2**1000)
# Isolation stops here: turning points closer than this, relative to where they lie, are one.
_CLOSEST = 40
# Bits of a polished root; a float has 53.
_BITS = 72

Polynomial = list[int]
"""Coefficients, lowest power first."""


def positive_roots(coefficients: Sequence[float]) -> tuple[Fraction, ...]:
    """Give every root above zero of Σ coefficients[i] · x^i, rising, each once and good to 70 bits.

    >>> [float(root) for root in positive_roots([2, -3, 1])]
    [1.0, 2.0]
    >>> positive_roots([1, -2, 1]), positive_roots([1, 0, 1]), positive_roots([0, 0])
    ((Fraction(1, 1),), (), ())
    """
    whole = _integers(coefficients)
    if _variations(whole) == 0:
        return ()
    low, high = 1 / _bound(whole[::-1]), _bound(whole)
    turns = _turning_points(whole) if _variations(whole) > 1 else []
    stops = [low, *(x for x in turns if low < x < high), high]
    signs = [_sign(whole, stops[0]), *(_noisy_sign(whole, x) for x in stops[1:-1]), _sign(whole, high)]
    roots: list[Fraction] = []
    touching = False  # neighbouring stops that all touch zero are one root
    for index in range(1, len(stops)):
        before, here = signs[index - 1], signs[index]
        if here == 0 and not touching:
            roots.append(stops[index])
        if here * before < 0:
            roots.append(_bisect(whole, stops[index - 1], stops[index]))
        touching = here == 0
    return tuple(roots)


def _integers(coefficients: Sequence[float]) -> Polynomial:
    """Scale to integers; drop zeros at both ends, which add no positive root."""
    largest = max((abs(Fraction(float(c))) for c in coefficients), default=Fraction())
    exact = [
        x if abs(x) >= largest * _NOTHING else Fraction() for x in map(Fraction, map(float, coefficients))
    ]
    scale = max((c.denominator for c in exact), default=1)
    return _trimmed([int(c * scale) for c in exact])


def _trimmed(p: Polynomial) -> Polynomial:
    used = [i for i, c in enumerate(p) if c]
    return p[used[0] : used[-1] + 1] if used else []


def _variations(p: Polynomial) -> int:
    signs = [c > 0 for c in p if c]
    return sum(a != b for a, b in pairwise(signs))


def _bound(p: Polynomial) -> Fraction:
    """Give a power of two above every root (Cauchy: 1 + the largest |coefficient ÷ leading one|)."""
    ratio = 1 + Fraction(max(abs(c) for c in p), abs(p[-1]))
    return Fraction(2 ** (int(ratio).bit_length()))


def _value(p: Polynomial, x: Fraction) -> int:
    """Evaluate at a fraction, times a positive number (the denominator to the degree)."""
    total, power = 0, 1
    for c in reversed(p):
        total = total * x.numerator + c * power
        power *= x.denominator
    return total


def _sign(p: Polynomial, x: Fraction) -> int:
    value = _value(p, x)
    return (value > 0) - (value < 0)


def _noisy_sign(p: Polynomial, x: Fraction) -> int:
    """Give the sign, or 0 where the terms all but cancel."""
    value = _value(p, x)
    if abs(value) <= _NOISE * _value([abs(c) for c in p], x):
        return 0
    return 1 if value > 0 else -1


def _bisect(p: Polynomial, low: Fraction, high: Fraction) -> Fraction:
    """Polish the root between two points of opposite sign."""
    sign_high = _sign(p, high)
    middle = Fraction(1) if low < 1 < high else (low + high) / 2  # a rate of exactly 0 is worth a look
    while (high - low) * 2**_BITS > low:
        sign = _sign(p, middle)
        if sign == 0:
            return middle
        low, high = (low, middle) if sign == sign_high else (middle, high)
        # Far apart, halve the exponent and not the length, or a root near zero takes for ever.
        middle = (low + high) / 2 if high <= 4 * low else _between(low, high)
    return middle


def _between(low: Fraction, high: Fraction) -> Fraction:
    """Give a power of two about half-way between two others in magnitude."""
    exponents = (x.numerator.bit_length() - x.denominator.bit_length() for x in (low, high))
    middle = Fraction(2) ** (sum(exponents) // 2)
    return middle if low < middle < high else (low + high) / 2


def _turning_points(p: Polynomial) -> list[Fraction]:
    """Give the positive roots of the derivative, where its sign changes or comes close to it."""
    slope = _trimmed([i * c for i, c in enumerate(p)][1:])
    if _variations(slope) == 0:
        return []
    bound = _bound(slope)
    # The roots of `unit` in (0, 1) are those of the slope in (0, bound).
    unit = [c * int(bound) ** i for i, c in enumerate(slope)]
    points: set[Fraction] = set()
    # Each entry is a polynomial on (0, 1) that stands for the slope on (start, start + 1) ÷ 2^depth.
    waiting = [(unit, 0, 0)]
    while waiting:
        q, start, depth = waiting.pop()
        found = _variations(_shifted(q[::-1]))
        if found == 0:
            continue
        low, high = (bound * Fraction(start + step, 2**depth) for step in (0, 1))
        if found == 1 and low > 0 and _sign(slope, low) * _sign(slope, high) < 0:
            points.add(_bisect(slope, low, high))
        elif start.bit_length() > _CLOSEST:
            points.add((low + high) / 2)
        else:
            degree = len(q) - 1
            left = [c << (degree - i) for i, c in enumerate(q)]
            right = _shifted(left)
            if right[0] == 0:
                points.add((low + high) / 2)
            waiting += [(left, 2 * start, depth + 1), (right, 2 * start + 1, depth + 1)]
    return sorted(points)


def _shifted(p: Polynomial) -> Polynomial:
    """Give p(x + 1), by repeated synthetic division."""
    out = list(p)
    for stop in range(len(out) - 1):
        for i in range(len(out) - 2, stop - 1, -1):
            out[i] += out[i + 1]
    return out
