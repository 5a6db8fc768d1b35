"""Exact figures of windows, for cells in which a peer and we differ: rational arithmetic, one root at 60 digits.

usage: exact.py < CELLS, a JSON list of {"kind": "deviation" | "correlation" | "log mean", "a": [...], "b": [...]}, null for
missing; prints a list of values, null where there is none: fewer values than the window needs, or a side that does not move.
"""

import json
import sys
from decimal import Decimal, getcontext
from fractions import Fraction

getcontext().prec = 60


def root(x):
    return (Decimal(x.numerator) / Decimal(x.denominator)).sqrt()


def product_sum(xs, ys):
    n = len(xs)
    return sum(x * y for x, y in zip(xs, ys)) - sum(xs) * sum(ys) / n


def exact(cell):
    a = cell["a"]
    b = cell.get("b", a)
    least = max(3 if cell["kind"] == "correlation" else 2, -(-len(a) // 2))
    pairs = [(Fraction(x), Fraction(y)) for x, y in zip(a, b) if x is not None and y is not None]
    if a[-1] is None or b[-1] is None or len(pairs) < least:
        return None
    xs, ys = zip(*pairs)
    if cell["kind"] == "log mean":
        mean = sum(xs) / len(xs) + Fraction(1e-12)
        return float((Decimal(mean.numerator) / Decimal(mean.denominator)).ln())
    xx = product_sum(xs, xs)
    if cell["kind"] == "deviation":
        return float(root(xx / (len(xs) - 1)))
    yy, xy = product_sum(ys, ys), product_sum(xs, ys)
    if xx == 0 or yy == 0:
        return None
    return float((Decimal(xy.numerator) / Decimal(xy.denominator)) / root(xx * yy))


print(json.dumps([exact(cell) for cell in json.load(sys.stdin)]))
