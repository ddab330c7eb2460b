"""The prediction that golden.rs expects, by numpy and scipy alone: nothing of surtax's statistics is used.

    python3 golden.py        numpy 2.4.6, scipy 1.17.1

Five kernels of six forms, of which PUSH and CALL are told apart by one kernel alone, in seven rounds. The costs of forms are scipy's non-negative
least squares; the weights of kernels come from numpy's pseudo-inverse of the columns above zero; the interval counts every resample of seven.
"""

import itertools

import numpy as np
from scipy.optimize import nnls

FORMS = ["ADD", "CALL", "LOAD", "POP", "PUSH", "STORE"]
COPIES = [
    {"LOAD": 2, "ADD": 1, "STORE": 1},
    {"LOAD": 1, "POP": 1},
    {"LOAD": 1, "STORE": 1},
    {"CALL": 1, "PUSH": 1, "LOAD": 1, "POP": 1},
    {"CALL": 1, "PUSH": 1},
]
NS = [[6.0, 1.1, 2.5, 19.0, 17.5], [7.5, 1.15, 2.4, 24.0, 21.5]]
HISTOGRAM = {"LOAD": 5.0, "ADD": 2.0, "STORE": 2.0, "CALL": 1.0, "PUSH": 1.0, "POP": 0.5, "OTHER": 0.5}
ROUNDS = 7


def noise(subject, kernel, round):
    return 1 + ((37 * kernel + 11 * round + 5 * subject) % 13 - 6) / 400


costs = np.array([[[ns * noise(s, k, r) for r in range(ROUNDS)] for k, ns in enumerate(NS[s])] for s in (0, 1)])
matrix = np.array([[copy.get(form, 0) for form in FORMS] for copy in COPIES], float)
pooled = np.median(costs, axis=2).mean(axis=0)
mean = pooled.sum() / matrix.sum()
scale = np.maximum(pooled, 0.1 * np.median(pooled))
rows = np.vstack([matrix * mean / scale[:, None], 1e-3 * np.eye(len(FORMS))])
solution = nnls(rows, np.concatenate([pooled / scale, np.zeros(len(FORMS))]))[0]
inside = solution > 0
counts = np.array([HISTOGRAM[form] for form in FORMS])
weights = (counts[inside] @ np.linalg.pinv(rows[:, inside]))[: len(COPIES)] * mean / scale
predicted = (weights @ costs[1]) / (weights @ costs[0])
medians = np.sort([np.median(draw) for draw in itertools.product(predicted, repeat=ROUNDS)])
tail = int(np.ceil(len(medians) * 0.025))
print("costs of forms", dict(zip(FORMS, solution * mean)))
print("weights", weights)
print("predicted", repr(float(np.median(predicted))), repr(float(medians[tail - 1])), repr(float(medians[-tail])))
print("covered", 1 - 0.5 / sum(HISTOGRAM.values()))
