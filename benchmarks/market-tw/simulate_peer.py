"""Draws as many numbers as a simulated market does, with numpy on one thread, and works out prices, ticks and limits.

Per stock and session: 11 normals, 1 uniform, 9 exponentials, a logarithm, 2 limits, 4 prices rounded onto their ticks,
13 columns written; 40 sessions come before the first that is kept, as in ours.

usage: simulate_peer.py STOCKS DAYS
"""

import json
import os
import resource
import sys

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
import numpy as np

n, days = int(sys.argv[1]), int(sys.argv[2])
rng = np.random.Generator(np.random.SFC64(42))
edges = np.array([1000, 5000, 10_000, 50_000, 100_000], dtype=np.float64)
ticks = np.array([1, 5, 10, 50, 100, 500], dtype=np.float64)


def tick(price):
    return ticks[np.searchsorted(edges, price, side="right")]


def on_tick(price):
    size = tick(np.maximum(price, 1))
    return np.maximum(np.floor(price / size + 0.5), 1) * size


columns = [np.full((days, n), np.nan) for _ in range(13)]
close = on_tick(100 * np.exp(3.45 + 0.9 * rng.standard_normal(n)))
log_volatility, activity, margin = np.zeros(n), np.zeros(n), np.full(n, 1e6)
beta = 0.7 + 0.3 * rng.standard_normal(n)
for t in range(-40, days):
    (own, noise, wander, flow, seen, gap, up_draw, down_draw, busy, volume_draw, margin_draw) = (
        rng.standard_normal((11, n))
    )
    chance = rng.random(n)
    market = 0.006 * rng.standard_normal()
    log_volatility = 0.85 * log_volatility + 0.36 * wander
    sigma = 0.0087 * np.exp(log_volatility + 0.45 * noise)
    raw = close * 1100
    size = tick(raw / 1000)
    up = np.floor(raw / (1000 * size)) * size
    raw = close * 900
    size = tick(raw / 1000)
    down = np.ceil(raw / (1000 * size)) * size
    base = close * np.exp(sigma * own)
    wanted = base * np.exp(beta * market)
    spread = sigma * np.exp(0.85 * log_volatility)
    reference, close = close, np.clip(on_tick(wanted), down, up)
    activity = 0.9 * activity + 0.2 * busy
    if t < 0:
        continue
    total = np.log(wanted / reference)
    first = reference * np.exp(0.35 * total + 0.35 * spread * gap)
    top = np.maximum(first, wanted) * np.exp(0.475 * spread * np.abs(up_draw))
    bottom = np.minimum(first, wanted) * np.exp(-0.475 * spread * np.abs(down_draw))
    first, top, bottom = (np.clip(on_tick(price), down, up) for price in (first, top, bottom))
    turnover = 1e7 * np.exp(activity + 0.4 * volume_draw + 0.44 * np.minimum(3.5, np.abs(total) / spread))
    margin = np.maximum(0, np.round(margin * np.exp(-0.25 * total + 0.006 * margin_draw)))
    price = (first + top + bottom + close) / 400
    volume = np.maximum(1, np.round(turnover / price))
    state = np.where(close == down, -1, np.where(close == up, 1, 0))
    written = (
        first / 100,
        np.maximum(top, close) / 100,
        np.minimum(bottom, close) / 100,
        close / 100,
        reference / 100,
        volume,
        np.round(volume * price),
        np.maximum(1, np.round(turnover / 112_000)),
        np.round(volume * 0.08 * (flow + 0.5 * seen)),
        margin,
        state,
        chance < 0.01,
        reference,
    )
    for column, values in zip(columns, written):
        column[t] = values

peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps({"peakMib": peak, "version": np.__version__}))
