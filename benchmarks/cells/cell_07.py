"""Matrices as lists of lists: a power by squaring, modulo a prime."""

MODULUS = 998244353


def times(a, b):
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column)) % MODULUS for column in columns] for row in a]


def power(matrix, exponent):
    result = [[int(row == column) for column in range(len(matrix))] for row in range(len(matrix))]
    while exponent:
        if exponent & 1:
            result = times(result, matrix)
        matrix = times(matrix, matrix)
        exponent >>= 1
    return result


answer = power([[1, 2, 0, 1], [0, 1, 3, 1], [4, 0, 1, 0], [1, 1, 1, 1]], 1000003)
