"""Small-integer arithmetic on locals, nothing else: the interpreter's loop and the int type alone."""


def run(size):
    state = 1
    total = 0
    for i in range(size):
        state = (state * 69 + i) & 0xFFFF
        total = (total + state) & 0xFFFFFFF
    return total
