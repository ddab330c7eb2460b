"""Newton's method and Simpson's rule: floats printed in full."""

from math import fsum


def root(function, derivative, guess):
    for _ in range(60):
        step = function(guess) / derivative(guess)
        guess -= step
        if abs(step) < 1e-15:
            break
    return guess


def integral(function, low, high, parts):
    width = (high - low) / parts
    total = function(low) + function(high)
    for part in range(1, parts):
        total += function(low + part * width) * (4 if part % 2 else 2)
    return total * width / 3


roots = [root(lambda x, n=n: x**3 - n, lambda x: 3 * x * x, float(n)) for n in range(2, 22)]
area = integral(lambda x: 4.0 / (1.0 + x * x), 0.0, 1.0, 1000)
# Not `sum`, which from 3.12 on rounds otherwise: all Pythons must answer alike.
answer = "%r %r %r" % (fsum(roots), roots[-1], area)
