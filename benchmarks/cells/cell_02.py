"""A parser and evaluator for arithmetic, by recursive descent."""


def tokens(text):
    number = ""
    for char in text + " ":
        if char.isdigit():
            number += char
            continue
        if number:
            yield int(number)
            number = ""
        if char != " ":
            yield char
    yield None


class Parser:
    def __init__(self, text):
        self.stream = tokens(text)
        self.advance()

    def advance(self):
        self.current = next(self.stream)

    def expression(self):
        value = self.term()
        while self.current in ("+", "-"):
            sign = self.current
            self.advance()
            value = value + self.term() if sign == "+" else value - self.term()
        return value

    def term(self):
        value = self.factor()
        while self.current in ("*", "/"):
            sign = self.current
            self.advance()
            value = value * self.factor() if sign == "*" else value // self.factor()
        return value

    def factor(self):
        if self.current == "(":
            self.advance()
            value = self.expression()
        elif self.current == "-":
            self.advance()
            return -self.factor()
        else:
            value = self.current
        self.advance()
        return value


TEXTS = ["1 + 2 * 3", "(4 + 5) * (6 - 7)", "100 / 7 / 2", "-(3 * (2 + 8)) + 55", "2 * (3 + 4 * (5 - 6 / 2)) - 1"]
answer = ",".join(str(Parser(text).expression()) for text in TEXTS * 4)
