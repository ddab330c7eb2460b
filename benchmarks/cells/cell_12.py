"""A decorator that remembers, and what it saves."""


def remembered(function):
    known = {}
    calls = [0]

    def wrapper(*arguments):
        if arguments not in known:
            calls[0] += 1
            known[arguments] = function(*arguments)
        return known[arguments]

    wrapper.calls = calls
    return wrapper


@remembered
def ways(amount, coins):
    if amount == 0:
        return 1
    if amount < 0 or not coins:
        return 0
    return ways(amount - coins[-1], coins) + ways(amount, coins[:-1])


answer = "%d ways, %d calls" % (ways(150, (1, 2, 5, 10, 20, 50)), ways.calls[0])
