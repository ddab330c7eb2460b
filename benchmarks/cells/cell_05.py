"""Generators in a chain: a running mean over a filtered sequence."""


def sequence(count):
    state = 12345
    for _ in range(count):
        state = (state * 1103515245 + 12345) % 2147483648
        yield state >> 16


def above(values, least):
    for value in values:
        if value >= least:
            yield value


def windows(values, width):
    window = []
    for value in values:
        window.append(value)
        if len(window) == width:
            yield tuple(window)
            window.pop(0)


means = [sum(window) / len(window) for window in windows(above(sequence(900), 9000), 8)]
answer = "%d means, first %.3f, last %.3f, largest %.3f" % (len(means), means[0], means[-1], max(means))
