"""Reads the CSV of read.bench.mjs with pandas or polars, prints the seconds of each run and a sum to compare.

usage: read_peer.py pandas|polars FILE REPEATS
"""

import json
import sys
import time

peer, path, repeats = sys.argv[1], sys.argv[2], int(sys.argv[3])


def with_pandas():
    import pandas as pd

    frame = pd.read_csv(path, dtype={"stock": str}, parse_dates=["date"])
    return len(frame), float(frame["close"].sum())


def with_polars():
    import polars as pl

    # Types are told: its guess from the first hundred rows takes a column of 0.00 and 0.05 for whole numbers.
    with open(path, encoding="utf-8") as file:
        names = file.readline().strip().split(",")
    types = {name: pl.Float64 for name in names if name != "date"} | {"stock": pl.String}
    frame = pl.read_csv(path, schema_overrides=types, try_parse_dates=True)
    return len(frame), float(frame["close"].sum())


read = {"pandas": with_pandas, "polars": with_polars}[peer]
best = float("inf")
for _ in range(repeats):
    start = time.perf_counter()
    rows, total = read()
    best = min(best, time.perf_counter() - start)
print(json.dumps({"seconds": best, "rows": rows, "sum": total}))
