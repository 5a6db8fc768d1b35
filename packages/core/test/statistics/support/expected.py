"""Prints the expected values of known-values.test.ts. Needs scipy and arch: pip install scipy==1.17.1 arch==8.0.0"""

import numpy as np
from arch.bootstrap import optimal_block_length
from scipy import stats

print("t", stats.t.ppf([0.975, 0.9995, 1e-6], [19, 3, 5]), stats.t.cdf(2.1, 7))
print("norm", stats.norm.ppf([0.975, 1e-6, 1e-300]), stats.norm.cdf([-3.2, 1.3, -8, -30]))

a, b = [6.2, 7.1, 5.5, 8.4, 6.9], [5.1, 4.9, 6.0, 5.8, 4.2, 5.0]
print("mann-whitney exact", stats.mannwhitneyu(a, b, method="exact"))
print(
    "mann-whitney ties",
    stats.mannwhitneyu([1, 2, 2, 3, 4, 5, 5, 6], [2, 3, 3, 4, 7, 8, 8, 9, 5], method="asymptotic"),
)
print(
    "permutation",
    stats.permutation_test((a, b), lambda x, y: abs(np.mean(x) - np.mean(y)), alternative="greater", n_resamples=np.inf).pvalue,
)

x, y = np.arange(1, 9), [1.2, 1.9, 3.4, 3.8, 5.4, 5.7, 7.3, 20]
print("theil-sen", stats.theilslopes(y, x, method="joint"))
ties = [5, 5, 6, 6, 6, 7, 7, 9, 8, 9, 9, 11]
print("theil-sen ties", stats.theilslopes(ties, method="joint"))
print("kendall exact", stats.kendalltau(x, y, method="exact"))
print("kendall ties", stats.kendalltau(range(12), ties, method="asymptotic"))

print("wilson", stats.binomtest(7, 50).proportion_ci(method="wilson"))
for n, q in [(100, 0.5), (10000, 0.99)]:
    print("binomial ranks", n, q, stats.binom.ppf([0.025, 0.975], n, q))


def series(phi, n, seed):
    """Autoregressive, on the minimal standard generator of Park and Miller."""
    value, values = 0.0, []
    for _ in range(n):
        seed = seed * 48271 % 2147483647
        value = phi * value + seed / 2147483647 - 0.5
        values.append(value)
    return np.array(values)


for phi, n, seed in [(0, 500, 7), (0.5, 500, 7), (0.8, 500, 7), (-0.6, 500, 7), (0.8, 2000, 11)]:
    print("block length", phi, n, seed, optimal_block_length(series(phi, n, seed))["stationary"].iloc[0])
