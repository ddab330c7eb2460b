"""Roman numerals, there and back."""

STEPS = [(1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX")]
STEPS += [(5, "V"), (4, "IV"), (1, "I")]
VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000}


def roman(number):
    text = ""
    for value, letters in STEPS:
        count, number = divmod(number, value)
        text += letters * count
    return text


def arabic(text):
    values = [VALUES[letter] for letter in text]
    return sum(-value if value < following else value for value, following in zip(values, values[1:] + [0]))


numbers = range(1, 4000, 17)
texts = [roman(number) for number in numbers]
assert [arabic(text) for text in texts] == list(numbers)
answer = "%d, longest %s" % (sum(map(len, texts)), max(texts, key=lambda text: (len(text), text)))
