"""Prints the expected values of batches-by-hand.test.ts and some of edges.test.ts, worked out from the cited formulas with Python's standard library alone."""

from math import ceil, exp, factorial, inf, log, log10, sqrt
from statistics import NormalDist


def series(phi, n, seed):
    """Autoregressive, on the minimal standard generator of Park and Miller."""
    value, values = 0.0, []
    for _ in range(n):
        seed = seed * 48271 % 2147483647
        value = phi * value + seed / 2147483647 - 0.5
        values.append(value)
    return values


def order(values, q):
    """The smallest value with at least the share q at or below it."""
    rank = max(1, min(len(values), ceil(round(q * len(values), 6))))
    return sorted(values)[rank - 1]


# Quantiles of Student's t with 19 degrees of freedom: tables.
T19 = {0.95: 2.093024054408263, 0.99: 2.860934606449914}


def reach(values, above, share, confidence, batches=20):
    length = len(values) // batches
    shares = [sum(above(v) for v in values[b * length : (b + 1) * length]) / length for b in range(batches)]
    centre = sum(shares) / batches
    squares = sum((s - centre) ** 2 for s in shares)
    lag = sum((a - centre) * (b - centre) for a, b in zip(shares, shares[1:])) / squares
    variance = max(squares / (batches - 1), share * (1 - share) / length / 4)
    error = sqrt(variance * max(1, (1 + lag) / (1 - lag)) / batches)
    # Adjusted Fisher–Pearson coefficient of skewness, and Willink's transformation of t.
    skewness = (
        sqrt(batches * (batches - 1)) / (batches - 2) * (sum((s - centre) ** 3 for s in shares) / batches)
        / (squares / batches) ** 1.5
    )
    a = skewness / (6 * sqrt(batches))

    def willink(t):
        cube = 1 + 6 * a * (t - a)
        root = abs(cube) ** (1 / 3) * (1 if cube > 0 else -1)
        return (root - 1) / (2 * a)

    t = T19[confidence]
    mixed = sum(0 < s < 1 for s in shares)
    bartlett = NormalDist().inv_cdf(0.99) / sqrt(batches) - 1 / batches
    print(f"  lag {lag:.4f} (at most {bartlett:.4f}), skewness {skewness:.4f}, mixed {mixed}")
    return max(t, willink(t)) * error, max(t, -willink(-t)) * error, error


def quantile_interval(values, q, confidence):
    limit = order(values, q)
    below, above, error = reach(values, lambda v: v > limit, 1 - q, confidence)
    print("  ", order(values, q - below), order(values, q + above), min(len(values), round(q * (1 - q) / error**2)))


for phi, n, seed, q, confidence in [(0.3, 1000, 7, 0.9, 0.95), (0, 2000, 11, 0.95, 0.99), (-0.6, 1000, 5, 0.5, 0.95)]:
    print("quantile", phi, n, seed, q, confidence)
    quantile_interval(series(phi, n, seed), q, confidence)

for phi, n, seed, limit in [(0.3, 1000, 7, 0.4), (0.6, 2010, 3, 0.6)]:
    print("share", phi, n, seed, limit)
    values = series(phi, n, seed)
    share = sum(v > limit for v in values) / n
    below, above, error = reach(values, lambda v: v > limit, share, 0.95)
    print("  ", share, share - below, share + above, round(share * (1 - share) / error**2))


def poisson_bound(count, alpha):
    low, high = 0.0, 1000.0
    for _ in range(200):
        middle = (low + high) / 2
        at_most = sum(exp(-middle) * middle**i / factorial(i) for i in range(count + 1))
        low, high = (middle, high) if at_most > alpha else (low, middle)
    return high


print("Poisson", [poisson_bound(count, 0.01) for count in (0, 1, 5, 40)], -log(0.01))


def worth_of_one(values, level):
    at = [i for i, v in enumerate(values) if v >= level]
    if len(at) < 10:
        return None
    gaps = [at[0] + len(values) - at[-1]] + [b - a for a, b in zip(at, at[1:])]
    if max(gaps) > 2:
        theta = 2 * sum(g - 1 for g in gaps) ** 2 / (len(gaps) * sum((g - 1) * (g - 2) for g in gaps))
    else:
        theta = 2 * sum(gaps) ** 2 / (len(gaps) * sum(g * g for g in gaps))
    within = sum(gaps) / len(gaps) / 4
    # Clusters around the circle, cut at the longer gaps.
    start = next(i for i, g in enumerate(gaps) if g > within)
    sizes, turned = [], gaps[start:] + gaps[:start]
    for g in turned:
        if g > within:
            sizes.append(0)
        sizes[-1] += 1
    return min(0.5 * min(1, theta), len(gaps) / sum(s * s for s in sizes))


def exceedance(values, limit, confidence):
    n = len(values)
    levels = [order(values, q) for q in (0.75, 0.9, 0.95)]
    worths = [w for level in [*(v for v in levels if v < limit), limit] if (w := worth_of_one(values, level)) is not None]
    worth = n * min(worths)
    share = sum(v >= limit for v in values) / n
    clusters = ceil(round(share * worth, 6))
    return share, clusters, worth, min(1, poisson_bound(clusters, 1 - confidence) / worth)


for phi, n, seed, limit in [(0.5, 500, 7, 0.7), (0.8, 2000, 11, 1.2), (0, 400, 5, 0.48), (0.8, 400, 3, 5)]:
    print("exceedance", phi, n, seed, limit, exceedance(series(phi, n, seed), limit, 0.99))
clumps = [10 if i % 400 < 24 else 1 for i in range(2000)]
print("clumps", exceedance(clumps, 10, 0.99), exceedance(clumps, 20, 0.99))
pairs = [5 if i % 40 < 2 else 1 for i in range(1000)]
print("pairs", exceedance(pairs, 5, 0.99))
half = [i % 2 for i in range(100)]
print("every other", exceedance(half, 1, 0.99))

values = [10 * exp(v) for v in series(0.5, 2000, 7)]
found, smallest = [], 0.1
for limit in [m * 10.0**e for e in range(0, 3) for m in (1, 1.5, 2, 3, 4, 5, 6, 8)]:
    if limit < order(values, 0.9):
        continue
    share, _, _, at_most = exceedance(values, limit, 0.99)
    if at_most < smallest:
        found.append((limit, at_most))
        smallest = at_most
    if share == 0:
        break
print("bounds from", order(values, 0.9), "to", max(values), found)


def block_length(values):
    """Politis and White's, with twice the first lag from which five correlations in a row are negligible."""
    n, centre = len(values), sum(values) / len(values)
    run = max(5, ceil(sqrt(log10(n))))
    most = min(n - 1, ceil(sqrt(n)) + run)
    covariances = [sum((a - centre) * (b - centre) for a, b in zip(values, values[k:])) / n for k in range(most + 1)]
    quiet = [abs(c / covariances[0]) < 2 * sqrt(log10(n) / n) for c in covariances]
    starts = [k for k in range(1, most + 2 - run) if all(quiet[k : k + run])]
    width = min(most, 2 * starts[0]) if starts else most
    window = [min(1, 2 * (1 - k / width)) for k in range(width + 1)]
    slope = sum(2 * window[k] * k * covariances[k] for k in range(1, width + 1))
    density = covariances[0] + sum(2 * window[k] * covariances[k] for k in range(1, width + 1))
    return min(ceil(min(3 * sqrt(n), n / 3)), max(1, (slope / density) ** 2 * n) ** (1 / 3) if density else inf)


print("block lengths", [block_length(list(range(1, n + 1))) for n in (30, 60)])
print("alternating", [block_length([i % 2 for i in range(n)]) for n in (9, 12, 20)])
