#!/usr/bin/env python3
"""A small walk-forward pipeline on daily bars: python3 pipeline.py INPUT OUTPUT

Reads INPUT/prices.csv (date, stock, open, high, low, close, volume, turnoverTwd) and writes
OUTPUT/predictions.csv (date, stock, prediction) and OUTPUT/model.json, the weights of the last day.

A prediction dated D ranks the stocks by their return from the close of D to the close of the next session.
It uses nothing that was not known at the close of D: features look back only, and the weights of D come from
days whose following return had been seen by then. Cutting the file at D changes no prediction up to D.
"""

import csv
import json
import math
import sys
import time
from array import array
from collections import defaultdict
from operator import mul
from pathlib import Path

from model import FEATURES, LinearModel, save_model

# Below this the weights are mostly noise.
MIN_TRAINING_DAYS = 10
# Relative to the mean diagonal of the Gram matrix: the features are strongly correlated with each other.
RIDGE = 0.01
# Prices may move by 10 % a day; beyond that is a split, a dividend or a first day without limit, not a return.
MOST_DAILY_RETURN = math.log(1.105)
NAN = math.nan


class stage:
    """Announces a stage of the work as a line of JSON on standard output."""

    def __init__(self, name):
        self.name, self.rows = name, 0

    def __enter__(self):
        print(json.dumps({"stage": self.name, "event": "start"}), flush=True)
        return self

    def __exit__(self, error, *_):
        if error is None:
            print(json.dumps({"stage": self.name, "event": "end", "rows": self.rows}), flush=True)


def read_bars(path):
    """Bars by stock, in order of date: {stock: [(date, open, high, low, close, turnover), ...]}."""
    bars = defaultdict(list)
    with open(path, newline="", encoding="utf-8") as file:
        reader = csv.reader(file)
        header = next(reader, [])
        columns = ("date", "stock", "open", "high", "low", "close", "turnoverTwd")
        missing = [name for name in columns if name not in header]
        if missing:
            sys.exit(f"{path}: no column {', '.join(missing)}; the header has {', '.join(header)}")
        date, stock, *numbers = (header.index(name) for name in columns)
        for line, row in enumerate(reader, start=2):
            try:
                # A halted stock has empty cells.
                bar = [float(row[column]) if row[column] else NAN for column in numbers]
            except (ValueError, IndexError):
                sys.exit(f"{path}, line {line}: not a row of prices: {','.join(row)}")
            bars[row[stock]].append((row[date], *bar))
    for rows in bars.values():
        rows.sort()
    return bars


def daily_return(before, after):
    """Log return, or 0 where there is none that the market made."""
    if not (before > 0 and after > 0):
        return 0.0
    change = math.log(after / before)
    return change if abs(change) <= MOST_DAILY_RETURN else 0.0


def features_of(bars):
    """Yields (date, features, return of the day) for each bar of one stock, with NaN for what is not known."""
    level = [0.0]  # log price, free of splits and dividends: the sum of the daily returns
    square_sum = [0.0]
    turnover_sum = [0.0]
    close_before = NAN
    for day, (date, opened, high, low, close, turnover) in enumerate(bars):
        if not close > 0:
            close = close_before
        change = daily_return(close_before, close)
        level.append(level[-1] + change)
        square_sum.append(square_sum[-1] + change * change)
        turnover_sum.append(turnover_sum[-1] + (turnover if turnover > 0 else 0.0))

        now = len(level) - 1
        features = [NAN] * len(FEATURES)
        if day >= 1:
            features[0] = change
            features[4] = daily_return(close_before, opened)
        if day >= 5:
            features[1] = level[now] - level[now - 5]
        if high > low:
            features[5] = (close - low) / (high - low)
        if day >= 20:
            features[2] = level[now - 5] - level[now - 20]
            mean = (level[now] - level[now - 20]) / 20
            features[3] = math.sqrt(max(0.0, (square_sum[now] - square_sum[now - 20]) / 20 - mean * mean))
            usual = (turnover_sum[now] - turnover_sum[now - 20]) / 20
            if usual > 0 and turnover > 0:
                features[6] = math.log(turnover / usual)
            features[7] = level[now] - max(level[now - 20 :])
        yield date, features, change
        close_before = close


def ranks(values):
    """Ranks from -0.5 to 0.5, the mean rank for ties, and 0 for NaN: the middle of the field."""
    known = [index for index, value in enumerate(values) if value == value]
    known.sort(key=values.__getitem__)
    result = array("d", bytes(8 * len(values)))
    width = max(1, len(known) - 1)
    start = 0
    while start < len(known):
        end = start
        while end + 1 < len(known) and values[known[end + 1]] == values[known[start]]:
            end += 1
        rank = (start + end) / 2 / width - 0.5
        for position in range(start, end + 1):
            result[known[position]] = rank if len(known) > 1 else 0.0
        start = end + 1
    return result


class Day:
    """One cross-section: the stocks listed that day, a column of ranks per feature, and later the label."""

    def __init__(self):
        self.stocks = []
        self.columns = [array("d") for _ in FEATURES]
        self.returns = array("d")
        self.following = array("d")

    def add(self, stock, features, change):
        self.stocks.append(stock)
        for column, value in zip(self.columns, features):
            column.append(value)
        self.returns.append(change)
        self.following.append(NAN)

    def rank(self):
        self.columns = [ranks(column) for column in self.columns]


def cross_sections(bars):
    """Days in order of date, each with its features."""
    days = defaultdict(Day)
    for stock in sorted(bars):
        for date, features, change in features_of(bars[stock]):
            days[date].add(stock, features, change)
    for day in days.values():
        day.rank()
    return dict(sorted(days.items()))


def label(days):
    """Gives each day but the last the return that followed, for the stocks that were there on both days."""
    sections = list(days.values())
    for today, tomorrow in zip(sections, sections[1:]):
        change = dict(zip(tomorrow.stocks, tomorrow.returns))
        today.following = array("d", (change.get(stock, NAN) for stock in today.stocks))


def walk_forward(days):
    """Weights for each day from the days before it, or None as long as those are too few.

    Ridge regression of the rank of the following return on the ranks of the features. The sums over all past days
    are carried along, so that a fit on every single day costs no more than one fit at the end.
    """
    size = len(FEATURES)
    gram = [[0.0] * size for _ in range(size)]
    moment = [0.0] * size
    sections = list(days.values())
    weights = []
    for today in range(len(sections)):
        seen = today - 1  # the last day whose following return is known at today's close
        if seen >= 0:
            past = sections[seen]
            target = ranks(past.following)
            for i, left in enumerate(past.columns):
                moment[i] += sum(map(mul, left, target))
                for j in range(i + 1):
                    gram[i][j] += sum(map(mul, left, past.columns[j]))
        weights.append(solve_ridge(gram, moment) if seen + 1 >= MIN_TRAINING_DAYS else None)
    return weights


def solve_ridge(gram, moment):
    """Solves (G + r I) w = m by Cholesky decomposition; only the lower triangle of G is read."""
    size = len(moment)
    ridge = RIDGE * sum(gram[i][i] for i in range(size)) / size or 1.0
    lower = [[0.0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            rest = gram[i][j] + (ridge if i == j else 0.0) - sum(lower[i][k] * lower[j][k] for k in range(j))
            lower[i][j] = math.sqrt(rest) if i == j else rest / lower[j][j]
    forward = []
    for i in range(size):
        forward.append((moment[i] - sum(lower[i][k] * forward[k] for k in range(i))) / lower[i][i])
    solution = [0.0] * size
    for i in reversed(range(size)):
        above = sum(lower[k][i] * solution[k] for k in range(i + 1, size))
        solution[i] = (forward[i] - above) / lower[i][i]
    return solution


def write_predictions(path, days, weights):
    """Writes the predictions of all days that have weights; returns their number."""
    rows = 0
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("date", "stock", "prediction"))
        for (date, day), of_day in zip(days.items(), weights):
            if of_day is None:
                continue
            predictions = LinearModel(FEATURES, tuple(of_day)).predict(day.columns)
            writer.writerows((date, stock, f"{value:.9g}") for stock, value in zip(day.stocks, predictions))
            rows += len(predictions)
    return rows


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: python3 pipeline.py INPUT OUTPUT")
    source, output = Path(sys.argv[1]) / "prices.csv", Path(sys.argv[2])
    output.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    with stage("features") as step:
        days = cross_sections(read_bars(source))
        step.rows = sum(len(day.stocks) for day in days.values())
    with stage("training") as step:
        label(days)
        weights = walk_forward(days)
        step.rows = sum(weight is not None for weight in weights)
    if not step.rows:
        sys.exit(f"{source}: {len(days)} days, expected more than {MIN_TRAINING_DAYS}")
    with stage("prediction") as step:
        step.rows = write_predictions(output / "predictions.csv", days, weights)
        save_model(LinearModel(FEATURES, tuple(weights[-1])), output / "model.json")
    print(f"{step.rows} predictions in {time.monotonic() - began:.1f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
