"""A stack machine runs a small program."""

PROGRAM = [
    ("push", 0), ("store", "sum"), ("push", 40), ("store", "n"),
    ("load", "n"), ("jump_if_zero", 15),
    ("load", "sum"), ("load", "n"), ("dup", None), ("multiply", None), ("add", None), ("store", "sum"),
    ("load", "n"), ("decrement", None), ("store_and_jump", ("n", 4)),
    ("load", "sum"), ("halt", None),
]  # fmt: skip


def execute(program):
    stack, names, place, steps = [], {}, 0, 0
    while True:
        operation, operand = program[place]
        place += 1
        steps += 1
        if operation == "push":
            stack.append(operand)
        elif operation == "load":
            stack.append(names[operand])
        elif operation == "store":
            names[operand] = stack.pop()
        elif operation == "dup":
            stack.append(stack[-1])
        elif operation == "multiply":
            stack.append(stack.pop() * stack.pop())
        elif operation == "add":
            stack.append(stack.pop() + stack.pop())
        elif operation == "decrement":
            stack.append(stack.pop() - 1)
        elif operation == "jump_if_zero":
            if stack.pop() == 0:
                place = operand
        elif operation == "store_and_jump":
            names[operand[0]], place = stack.pop(), operand[1]
        elif operation == "halt":
            return stack.pop(), steps


answer = "result %d after %d steps" % execute(PROGRAM)
