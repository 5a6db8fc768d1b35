"""The 20 factors of factors.bench.mjs by pandas, polars or DuckDB: reads columns, prints seconds, writes results.

usage: factors_peer.py pandas|polars|duckdb FOLDER DAYS STOCKS REPEATS
"""

import json
import sys
import time

import numpy as np

peer, folder, days, stocks, repeats = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
names = ["close", "reference", "volume", "turnoverTwd"]
fields = {name: np.fromfile(f"{folder}/{name}.f64").reshape(days, stocks) for name in names}


def need(window):
    return max(2, -(-window // 2))


def with_pandas():
    import pandas as pd

    wide = {name: pd.DataFrame(values) for name, values in fields.items()}

    def compute():
        close, reference, volume, turnover = (wide[name] for name in names)
        returns = close / reference - 1
        adjusted = first_close(close) * (1 + returns.mask(first_cell(close), 0)).cumprod()
        last = adjusted.ffill()
        log_volume = np.log(volume + 1)
        out = {"return_1d": returns, "own_return_1d": returns.sub(returns.mean(axis=1), axis=0)}

        def roll(frame, window, least=None):
            return frame.rolling(window, min_periods=least or need(window))

        there = close.notna()
        for w in (5, 20, 60):
            out[f"momentum_{w}d"] = adjusted / last.shift(w) - 1
            out[f"volatility_{w}d"] = roll(returns, w).std().where(there)
            out[f"price_to_average_{w}d"] = adjusted / roll(adjusted, w).mean() - 1
            out[f"relative_volume_{w}d"] = log_volume - roll(log_volume, w).mean()
        for w in (20, 60):
            out[f"distance_from_high_{w}d"] = adjusted / roll(adjusted, w).max() - 1
            out[f"return_volume_correlation_{w}d"] = roll(returns, w).corr(log_volume).where(there)
        out["largest_return_20d"] = roll(returns, 20).max().where(there)
        amihud = returns.abs() / turnover * 1e6
        out["illiquidity_20d"] = np.log(roll(amihud, 20).mean() + 1e-12).where(amihud.notna())
        return out

    def first_cell(close):
        return close.notna() & (close.notna().cumsum() == 1)

    def first_close(close):
        return close.bfill().iloc[0]

    return compute, lambda out, name: out[name].to_numpy()


def with_polars():
    import polars as pl

    stock = np.repeat(np.arange(stocks), days)
    day = np.tile(np.arange(days), stocks)
    frame = pl.DataFrame({"stock": stock, "day": day, **{n: v.T.ravel() for n, v in fields.items()}})
    frame = frame.with_columns(pl.col(names).fill_nan(None))

    def compute():
        c = pl.col
        base = frame.with_columns(
            returns=c("close") / c("reference") - 1,
            log_volume=(c("volume") + 1).log(),
        ).with_columns(
            growth=pl.when(c("close").is_not_null() & (c("close").is_not_null().cum_sum().over("stock") == 1))
            .then(1.0)
            .otherwise(1 + c("returns")),
            amihud=c("returns").abs() / c("turnoverTwd") * 1e6,
        )
        base = base.with_columns(
            adjusted=c("close").drop_nulls().first().over("stock") * c("growth").cum_prod().over("stock"),
        ).with_columns(last=c("adjusted").forward_fill().over("stock"))
        there = c("close").is_not_null()

        def only(expression):
            return pl.when(there).then(expression)

        out = [
            c("returns").alias("return_1d"),
            (c("returns") - c("returns").mean().over("day")).alias("own_return_1d"),
        ]
        for w in (5, 20, 60):
            k = {"window_size": w, "min_samples": need(w)}
            out += [
                (c("adjusted") / c("last").shift(w).over("stock") - 1).alias(f"momentum_{w}d"),
                only(c("returns").rolling_std(**k).over("stock")).alias(f"volatility_{w}d"),
                (c("adjusted") / c("adjusted").rolling_mean(**k).over("stock") - 1).alias(f"price_to_average_{w}d"),
                (c("log_volume") - c("log_volume").rolling_mean(**k).over("stock")).alias(f"relative_volume_{w}d"),
            ]
        for w in (20, 60):
            k = {"window_size": w, "min_samples": need(w)}
            out += [
                (c("adjusted") / c("adjusted").rolling_max(**k).over("stock") - 1).alias(f"distance_from_high_{w}d"),
                only(pl.rolling_corr(c("returns"), c("log_volume"), **k).over("stock")).alias(
                    f"return_volume_correlation_{w}d"
                ),
            ]
        k = {"window_size": 20, "min_samples": need(20)}
        out += [
            only(c("returns").rolling_max(**k).over("stock")).alias("largest_return_20d"),
            pl.when(c("amihud").is_not_null())
            .then((c("amihud").rolling_mean(**k).over("stock") + 1e-12).log())
            .alias("illiquidity_20d"),
        ]
        return base.select(out)

    return compute, lambda out, name: out[name].fill_null(np.nan).to_numpy().reshape(stocks, days).T


def with_duckdb():
    import os

    import duckdb

    connection = duckdb.connect(config={"threads": int(os.environ.get("POLARS_MAX_THREADS", "0")) or os.cpu_count()})
    stock = np.repeat(np.arange(stocks), days)
    day = np.tile(np.arange(days), stocks)
    import pandas as pd

    source = pd.DataFrame({"stock": stock, "day": day, **{n: v.T.ravel() for n, v in fields.items()}})
    connection.register("source", source)
    nulls = ", ".join(f"CASE WHEN isnan({n}) THEN NULL ELSE {n} END AS {n}" for n in names)
    connection.execute(f"CREATE TABLE panel AS SELECT stock, day, {nulls} FROM source ORDER BY stock, day")

    def over(w):
        return f"OVER (PARTITION BY stock ORDER BY day ROWS BETWEEN {w - 1} PRECEDING AND CURRENT ROW)"

    def roll(function, x, w):
        return f"CASE WHEN {x} IS NOT NULL AND count({x}) {over(w)} >= {need(w)} THEN {function}({x}) {over(w)} END"

    whole = "OVER (PARTITION BY stock ORDER BY day ROWS UNBOUNDED PRECEDING)"
    columns = ["returns AS return_1d", "returns - avg(returns) OVER (PARTITION BY day) AS own_return_1d"]
    for w in (5, 20, 60):
        columns += [
            f"adjusted / lag(last, {w}) OVER (PARTITION BY stock ORDER BY day) - 1 AS momentum_{w}d",
            f"{roll('stddev_samp', 'returns', w)} AS volatility_{w}d",
            f"adjusted / ({roll('avg', 'adjusted', w)}) - 1 AS price_to_average_{w}d",
            f"log_volume - ({roll('avg', 'log_volume', w)}) AS relative_volume_{w}d",
        ]
    for w in (20, 60):
        columns += [
            f"adjusted / ({roll('max', 'adjusted', w)}) - 1 AS distance_from_high_{w}d",
            f"CASE WHEN close IS NOT NULL AND count(returns) {over(w)} >= {need(w)} "
            f"THEN corr(returns, log_volume) {over(w)} END AS return_volume_correlation_{w}d",
        ]
    columns += [
        f"{roll('max', 'returns', 20)} AS largest_return_20d",
        f"ln(({roll('avg', 'amihud', 20)}) + 1e-12) AS illiquidity_20d",
    ]
    query = f"""
        CREATE OR REPLACE TABLE factors AS
        WITH a AS (SELECT *, close / reference - 1 AS returns, ln(volume + 1) AS log_volume,
                     row_number() OVER (PARTITION BY stock, close IS NOT NULL ORDER BY day) AS nth FROM panel),
        b AS (SELECT *, abs(returns) / nullif(turnoverTwd, 0) * 1e6 AS amihud,
                CASE WHEN close IS NULL THEN NULL ELSE
                  first_value(close IGNORE NULLS) {whole}
                  * exp(sum(CASE WHEN close IS NULL OR nth = 1 THEN 0 ELSE ln(1 + returns) END) {whole}) END AS adjusted
              FROM a),
        c AS (SELECT *, last_value(adjusted IGNORE NULLS) {whole} AS last FROM b)
        SELECT stock, day, {", ".join(columns)} FROM c
    """

    def compute():
        connection.execute(query)

    def read(_, name):
        values = connection.execute(f"SELECT {name} FROM factors ORDER BY day, stock").fetchnumpy()[name]
        return np.ma.filled(values, np.nan).reshape(days, stocks)

    return compute, read


compute, read = {"pandas": with_pandas, "polars": with_polars, "duckdb": with_duckdb}[peer]()
seconds = []
for _ in range(repeats):
    start = time.perf_counter()
    result = compute()
    seconds.append(time.perf_counter() - start)
for name in json.loads(open(f"{folder}/factors.json").read()):
    np.ascontiguousarray(read(result, name), dtype=np.float64).tofile(f"{folder}/{peer}-{name}.f64")
version = __import__(peer).__version__
print(json.dumps({"version": version, "seconds": min(seconds)}))
