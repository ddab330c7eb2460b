"""The values that golden.rs expects, by numpy and scipy alone: nothing of surtax's statistics is used.

    python3 golden.py        numpy 2.4.6, scipy 1.17.1

Four builds, two rebuilds of each, seven rounds. The interval is the two-level bootstrap by full enumeration: every draw of rebuilds, moved
apart by Student's factor, and within it every draw of rounds.
"""

import itertools

import numpy as np
from scipy import stats

ROUNDS = 7
COST = {"static-nonpic-pgo": 1.0, "static-pic-pgo": 1.05, "static-nonpic-nopgo": 1.2, "static-pic-nopgo": 1.3}

random = np.random.default_rng(20261121)
drift = random.normal(0, 0.05, ROUNDS)
times = {
    (build, replicate): np.rint(7e8 * cost * np.exp(drift + random.normal(0, 0.01) + random.normal(0, 0.01, ROUNDS))).astype(int)
    for replicate in (1, 2)
    for build, cost in COST.items()
}


def effect(pairs):
    return np.array([np.mean([np.log(times[to, k]) - np.log(times[of, k]) for of, to in pairs], axis=0) for k in (1, 2)])


def interval(rows):
    count, rounds = rows.shape
    stretch = stats.t.ppf(0.975, count - 1) / stats.norm.ppf(0.975) * np.sqrt(count / (count - 1))
    middles = np.median(rows, axis=1, keepdims=True)
    rows = rows + (stretch - 1) * (middles - middles.mean())
    draws = np.array(list(itertools.product(range(rounds), repeat=rounds)))
    medians = []
    for drawn in itertools.product(range(count), repeat=count):
        means = rows[list(drawn)].mean(axis=0)
        medians.append(np.median(means[draws], axis=1))
    medians = np.sort(np.concatenate(medians))
    tail = int(np.ceil(len(medians) * 0.025))
    return medians[tail - 1], medians[len(medians) - tail]


def show(name, rows):
    low, high = interval(rows)
    means = rows.mean(axis=0)
    p = stats.wilcoxon(means, zero_method="pratt", method="exact").pvalue
    rebuilds = [float(np.exp(np.median(row))) for row in rows]
    print(name, repr(float(np.exp(np.median(means)))), repr(float(np.exp(low))), repr(float(np.exp(high))), repr(float(p)), rebuilds)


for (build, replicate), values in times.items():
    print(f'("{build}", {replicate}, {values.tolist()}),')

A, B, C, D = COST
show("pic", effect([(A, B), (C, D)]))
show("pgo", effect([(C, A), (D, B)]))
show("pic by pgo", effect([(A, B)]) - effect([(C, D)]))
show("whole", effect([(A, D)]))
