#!/usr/bin/env python3
"""Daily bars to predictions: python3 pipeline.py INPUT OUTPUT

Reads INPUT/prices.csv; writes OUTPUT/predictions.csv (date, stock, prediction) and OUTPUT/model.txt, the last model.
"""

import json
import sys
from contextlib import contextmanager
from pathlib import Path

import lightgbm
import numpy as np

from features import FEATURES, cross_sections, rank_by_day, read_bars

FIRST_TRAINING_DAYS = 15
TRAIN_EVERY_DAYS = 21
# The return that follows a day is known one session later: the days trained on end before that.
EMBARGO_DAYS = 1
PARAMETERS = {
    "objective": "regression",
    "num_leaves": 15,
    "learning_rate": 0.05,
    "min_data_in_leaf": 100,
    "num_threads": 1,
    "deterministic": True,
    "seed": 1,
    "verbosity": -1,
}
TREES = 100


@contextmanager
def stage(name):
    """Tells on standard output when a stage begins and ends, so that it is timed apart."""
    print(json.dumps({"stage": name, "event": "start"}), flush=True)
    yield
    print(json.dumps({"stage": name, "event": "end"}), flush=True)


def train(features, labels, days):
    """A model from the days before `days`, of what was known by then."""
    x = features[:days].reshape(-1, len(FEATURES))
    y = labels[:days].reshape(-1)
    known = np.isfinite(y)
    data = lightgbm.Dataset(x[known], y[known], feature_name=list(FEATURES))
    return lightgbm.train(PARAMETERS, data, num_boost_round=TREES)


def following_returns(close):
    """Return of the next session, as ranks; NaN where a stock did not trade on either day."""
    result = np.full_like(close, np.nan)
    result[:-1] = close[1:] / close[:-1] - 1
    return np.where(np.isfinite(result), rank_by_day(result), np.nan)


def main():
    if len(sys.argv) != 3:
        sys.exit("usage: python3 pipeline.py INPUT OUTPUT")
    source, output = Path(sys.argv[1]) / "prices.csv", Path(sys.argv[2])
    output.mkdir(parents=True, exist_ok=True)
    with stage("features"):
        dates, stocks, bars = read_bars(source)
        features = cross_sections(bars)
    if len(dates) <= FIRST_TRAINING_DAYS + EMBARGO_DAYS:
        sys.exit(f"{source}: {len(dates)} days, expected more than {FIRST_TRAINING_DAYS + EMBARGO_DAYS}")
    labels = following_returns(bars["close"])
    listed = np.isfinite(bars["close"])
    first = FIRST_TRAINING_DAYS + EMBARGO_DAYS
    lines = ["date,stock,prediction"]
    for begin in range(first, len(dates), TRAIN_EVERY_DAYS):
        with stage("training"):
            model = train(features, labels, begin - EMBARGO_DAYS)
        with stage("prediction"):
            for day in range(begin, min(begin + TRAIN_EVERY_DAYS, len(dates))):
                columns = np.flatnonzero(listed[day])
                for column, value in zip(columns, model.predict(features[day, columns])):
                    lines.append(f"{dates[day]},{stocks[column]},{value:.9g}")
    (output / "predictions.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    model.save_model(output / "model.txt")


if __name__ == "__main__":
    main()
