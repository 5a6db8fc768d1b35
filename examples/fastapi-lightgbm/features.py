"""Daily bars as arrays, and the eight features that the model is trained on."""

import csv
import warnings

import numpy as np

FEATURES = ("return_1", "return_5", "return_20", "volatility_20", "turnover_5_20", "range", "gap", "below_high_20")
FIELDS = ("open", "high", "low", "close", "volume")


def read_bars(path):
    """Returns (dates, stocks, {field: array [days, stocks]}); NaN where a stock did not trade."""
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    dates = sorted({row["date"] for row in rows})
    stocks = sorted({row["stock"] for row in rows})
    day_of = {date: index for index, date in enumerate(dates)}
    column_of = {stock: index for index, stock in enumerate(stocks)}
    bars = {field: np.full((len(dates), len(stocks)), np.nan) for field in FIELDS}
    for row in rows:
        if row["close"] == "":
            continue
        at = day_of[row["date"]], column_of[row["stock"]]
        for field in FIELDS:
            bars[field][at] = float(row[field])
    return dates, stocks, bars


def last_known(values):
    """Carries the last value forward over days without trade."""
    filled = values.copy()
    for day in range(1, len(filled)):
        missing = np.isnan(filled[day])
        filled[day, missing] = filled[day - 1, missing]
    return filled


def rolling(values, days, reduce):
    """`reduce` over each window of `days` rows; NaN before the first whole window."""
    result = np.full_like(values, np.nan)
    if len(values) >= days:
        windows = np.lib.stride_tricks.sliding_window_view(values, days, axis=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # windows of nothing but NaN stay NaN
            result[days - 1 :] = reduce(windows, axis=-1)
    return result


def change(values, days):
    """Relative change over `days` rows."""
    result = np.full_like(values, np.nan)
    result[days:] = values[days:] / values[:-days] - 1
    return result


def rank_by_day(values):
    """Ranks of each day, spread from -0.5 to 0.5; 0, the middle, where nothing is known."""
    result = np.zeros_like(values)
    for day, row in enumerate(values):
        known = np.flatnonzero(np.isfinite(row))
        if len(known) > 1:
            order = np.argsort(np.argsort(row[known], kind="stable"), kind="stable")
            result[day, known] = order / (len(known) - 1) - 0.5
    return result


def cross_sections(bars):
    """Array [days, stocks, features]; what is dated D was known at the close of D."""
    close, opening = last_known(bars["close"]), bars["open"]
    daily = change(close, 1)
    before = np.vstack([np.full((1, close.shape[1]), np.nan), close[:-1]])
    with np.errstate(divide="ignore", invalid="ignore"):
        columns = (
            daily,
            change(close, 5),
            change(close, 20),
            rolling(daily, 20, np.nanstd),
            rolling(bars["volume"], 5, np.nanmean) / rolling(bars["volume"], 20, np.nanmean),
            (bars["high"] - bars["low"]) / close,
            opening / before - 1,
            close / rolling(close, 20, np.nanmax),
        )
    return np.stack([rank_by_day(column) for column in columns], axis=-1)
