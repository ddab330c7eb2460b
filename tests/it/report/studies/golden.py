"""The values that golden.rs expects, by numpy and scipy alone: nothing of surtax's statistics is used.

    python3 golden.py        numpy 2.4.6, scipy 1.17.1

Four builds, two rebuilds of each, seven rounds. The interval is the two-level bootstrap by full enumeration: every draw of rebuilds, moved
apart by Student's factor, and within it every draw of rounds.

Then six builds, the interposable ones too, in fifteen rounds, which suffice for shares of the published pair. The draws of fifteen cannot be
enumerated; the binomial distribution counts them, and agrees with the enumeration of seven. The pair is divided by the definition of Faigle &
Kern: over all permutations of the factors, less those that no builds can follow.
"""

import itertools

import numpy as np
from scipy import stats

COST = {"static-nonpic-pgo": 1.0, "static-pic-pgo": 1.05, "static-nonpic-nopgo": 1.2, "static-pic-nopgo": 1.3}
INTERPOSABLE = {"static-pic-pgo-interposable": 1.09, "static-pic-nopgo-interposable": 1.4}

random = np.random.default_rng(20261121)


def drawn(costs, rounds):
    drift = random.normal(0, 0.05, rounds)
    return {
        (build, replicate): np.rint(7e8 * cost * np.exp(drift + random.normal(0, 0.01) + random.normal(0, 0.01, rounds))).astype(int)
        for replicate in (1, 2)
        for build, cost in costs.items()
    }


def effect(pairs):
    return np.array([np.mean([np.log(times[to, k]) - np.log(times[of, k]) for of, to in pairs], axis=0) for k in (1, 2)])


def means_of_rebuilds(rows):
    count = len(rows)
    stretch = stats.t.ppf(0.975, count - 1) / stats.norm.ppf(0.975) * np.sqrt(count / (count - 1))
    middles = np.median(rows, axis=1, keepdims=True)
    rows = rows + (stretch - 1) * (middles - middles.mean())
    return [rows[list(chosen)].mean(axis=0) for chosen in itertools.product(range(count), repeat=count)]


def enumerated(rows):
    rounds = rows.shape[1]
    draws = np.array(list(itertools.product(range(rounds), repeat=rounds)))
    medians = np.sort(np.concatenate([np.median(means[draws], axis=1) for means in means_of_rebuilds(rows)]))
    tail = int(np.ceil(len(medians) * 0.025))
    return medians[tail - 1], medians[len(medians) - tail]


def interval(rows):
    """The median of an odd number of draws is at most the k-th smallest if more than half of them are."""
    rounds = rows.shape[1]
    at_most = stats.binom.sf(rounds // 2, rounds, np.arange(rounds + 1) / rounds)
    values = np.concatenate([np.sort(means) for means in means_of_rebuilds(rows)])
    weights = np.tile(np.diff(at_most), len(values) // rounds) * rounds / len(values)
    order = np.argsort(values)
    values, weights = values[order], weights[order]
    low = values[np.searchsorted(np.cumsum(weights), 0.025)]
    high = values[::-1][np.searchsorted(np.cumsum(weights[::-1]), 0.025)]
    if rounds == 7:
        assert (low, high) == enumerated(rows)
    return low, high


def show(name, rows):
    low, high = interval(rows)
    means = rows.mean(axis=0)
    p = stats.wilcoxon(means, zero_method="pratt", method="exact").pvalue
    rebuilds = [float(np.exp(np.median(row))) for row in rows]
    print(name, repr(float(np.exp(np.median(means)))), repr(float(np.exp(low))), repr(float(np.exp(high))), repr(float(p)), rebuilds)


def show_share(name, rows):
    low, high = interval(rows)
    print(name, repr(float(np.median(rows.mean(axis=0)))), repr(float(low)), repr(float(high)))


def show_times():
    for (build, replicate), values in times.items():
        print(f'("{build}", {replicate}, {values.tolist()}),')


def made(changed):
    """The build in which these factors are changed; nothing where it cannot be."""
    if "interposition" in changed and "pic" not in changed:
        return None
    shape = "static-pic" if "pic" in changed else "static-nonpic"
    return shape + ("-nopgo" if "pgo" in changed else "-pgo") + ("-interposable" if "interposition" in changed else "")


def apart(factors):
    ways = [order for order in itertools.permutations(factors) if all(made(order[:count]) for count in range(len(order) + 1))]
    whole = effect([(made(()), made(factors))])
    show(f"whole of {len(factors)} factors, {len(ways)} orders", whole)
    total = 0
    for factor in factors:
        part = effect([(made(order[: order.index(factor)]), made(order[: order.index(factor) + 1])) for order in ways])
        show(f"  {factor}", part)
        show_share("    share", part / whole)
        total = total + part
    assert np.allclose(total, whole, rtol=0, atol=1e-14)


times = drawn(COST, 7)
show_times()
A, B, C, D = COST
show("pic", effect([(A, B), (C, D)]))
show("pgo", effect([(C, A), (D, B)]))
show("pic by pgo", effect([(A, B)]) - effect([(C, D)]))
apart(("pgo", "pic"))

times = drawn(COST | INTERPOSABLE, 15)
show_times()
E, F = INTERPOSABLE
show("interposition", effect([(B, E), (D, F)]))
show("interposition by pgo", effect([(B, E)]) - effect([(D, F)]))
apart(("pgo", "pic", "interposition"))
