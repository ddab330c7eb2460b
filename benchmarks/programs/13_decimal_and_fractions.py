"""Decimals and fractions: contexts, rounding modes, signals, special values, conversions, exact sums, long expansions."""

import decimal
import fractions
import math
import numbers
from decimal import ROUND_05UP, ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Context, Decimal
from fractions import Fraction

MODES = [ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, ROUND_05UP]
TEXTS = ["0", "-0", "1", "1.10", "-2.675", "1E+3", "0.1E-7", "123456789.987654321", "9.999999999", "Infinity", "-Infinity", "NaN", "sNaN12", "1E-999", "7E+500"]


def shown(action, *arguments, **options):
    try:
        return action(*arguments, **options)
    except Exception as error:
        return "%s %s" % (type(error).__name__, error)


print("# text, tuple, formats")
for text in TEXTS:
    value = Decimal(text)
    print(value, repr(value), value.as_tuple(), value.adjusted(), value.is_normal(), value.is_signed(), value.number_class(), shown(value.to_eng_string))
    print("  ", [shown(format, value, code) for code in ("", ".2f", "+.3e", "012.4f", ",.1f", "%", "g", ">14", "n")])
for text in ("1_000.5", " 2 ", "１.５", "abc", "1e", "", "0x1", "--1"):
    print(repr(text), shown(Decimal, text))

print("# arithmetic, every pair")
for left in TEXTS[1:11:2]:
    for right in TEXTS[2:12:3]:
        a, b = Decimal(left), Decimal(right)
        row = [shown(action) for action in (lambda: a + b, lambda: a - b, lambda: a * b, lambda: a / b, lambda: a // b, lambda: a % b, lambda: divmod(a, b), lambda: a.compare(b), lambda: a < b, lambda: a.max(b))]
        print(a, b, *row, sep=" | ")

print("# rounding")
with decimal.localcontext() as context:
    context.prec = 4
    for mode in MODES:
        context.rounding = mode
        print(mode, [str(+Decimal(text)) for text in ("1.23450", "-1.23450", "1.23451", "-1.23455", "99999.5", "1.00001")], [str(Decimal(n).quantize(Decimal("1E1"))) for n in (5, 15, -25, 24)])
print([str(Decimal("2.675").quantize(Decimal("0.01"), mode)) for mode in MODES], shown(Decimal("1E30").quantize, Decimal("1E-30")), [str(round(Decimal(t), 1)) for t in ("0.25", "0.35", "-0.45")], round(Decimal("2.5")), Decimal("7.325").to_integral_value(ROUND_UP))

print("# signals")
strict = Context(prec=9, traps=[decimal.Inexact, decimal.DivisionByZero, decimal.Overflow, decimal.InvalidOperation, decimal.FloatOperation])
lax = Context(prec=9, traps=[], Emax=99, Emin=-99)
for context in (strict, lax):
    for name, arguments in (("divide", (1, 3)), ("divide", (1, 0)), ("divide", (0, 0)), ("multiply", (Decimal("9E90"), Decimal("9E90"))), ("sqrt", (-1,)), ("ln", (0,)), ("power", (2, Decimal("0.5"))), ("create_decimal", ("1.2345678912",)), ("subtract", (Decimal("1E-99"), Decimal("0.9E-99"))), ("create_decimal_from_float", (0.1,))):
        context.clear_flags()
        print(name, arguments, shown(getattr(context, name), *arguments), [flag.__name__ for flag, on in context.flags.items() if on])
    print(context)

print("# functions")
with decimal.localcontext(prec=50):
    for text in ("2", "0.1", "10", "123.456"):
        value = Decimal(text)
        print(value.sqrt(), value.ln(), value.log10(), value.exp(), value ** Decimal("0.3"), value**-7, pow(value.to_integral_value() + 3, 17, 1009), sep="\n  ")
    print(Decimal(1) / 7, Decimal(22).fma(7, Decimal("0.1")), Decimal("1.5").next_plus(), Decimal("1101").logical_xor(Decimal("1011")), Decimal("12345").rotate(2), Decimal("12345").shift(-2), Decimal("5").scaleb(9), Decimal(7).remainder_near(4))
with decimal.localcontext(prec=1010):
    # Gauss and Legendre: the digits double with each step.
    a, b, t, p = Decimal(1), 1 / Decimal(2).sqrt(), Decimal("0.25"), 1
    for _ in range(9):
        a, b, t, p = (a + b) / 2, (a * b).sqrt(), t - p * ((a - b) / 2) ** 2, 2 * p
    pi = str((a + b) ** 2 / (4 * t))[:1002]
print(pi[:60], pi[-40:], sum(map(int, pi[2:])))

print("# between the kinds of number")
print([hash(Decimal(text)) == hash(Fraction(text)) == hash(float(text)) for text in ("0.5", "-3", "1E+3")], Decimal(0.1), Decimal("0.5") == 0.5, Decimal("0.1") == 0.1, Decimal(10**20) == 10**20)
print(float(Decimal("0.1")), int(Decimal("-7.9")), Decimal("0.375").as_integer_ratio(), shown(lambda: Decimal(1) + 1.0), shown(lambda: Decimal(1) + Fraction(1, 2)), Decimal(1) + True, shown(int, Decimal("NaN")), math.floor(Decimal("-0.5")), sum([Decimal("0.1")] * 10))
print(sorted([Decimal("1.1"), Fraction(11, 10), 1.1, 1, Decimal("-0"), 0]), Decimal("1.0") == Decimal("1.00"), Decimal("1.0").compare_total(Decimal("1.00")), str(Decimal("1.10").normalize()), isinstance(Decimal(1), numbers.Number))

print("# fractions")
for text in ("3/4", " -6/8 ", "1.25", "-.5e2", "7", "1e-3", "3/0", "1/2/3", "x"):
    print(repr(text), shown(Fraction, text))
third, half = Fraction(1, 3), Fraction(1, 2)
print(third + half, third - half, third * half, third / half, third // half, -third % half, third**-3, third**0.5, half**third, abs(-third), divmod(Fraction(7, 2), third), round(Fraction(5, 2)), round(Fraction(22, 7), 3), math.ceil(third), int(Fraction(-7, 2)))
print(third < 0.3333333333333333, Fraction(0.1), Fraction(0.1).limit_denominator(100), Fraction(Decimal("0.1")), [Fraction(math.pi).limit_denominator(10**n) for n in range(7)], third + 1, third + 0.5, shown(lambda: third + "x"), Fraction(6, -4), repr(Fraction(1.5)), hash(Fraction(1, 2)) == hash(0.5))
harmonic = sum(Fraction(1, n) for n in range(1, 301))
print(harmonic.numerator % 10**18, harmonic.denominator % 10**18, float(harmonic), harmonic.limit_denominator(1000))


def continued(value, terms):
    for _ in range(terms):
        whole = value.numerator // value.denominator
        yield whole
        if value == whole:
            return
        value = 1 / (value - whole)


with decimal.localcontext(prec=80):
    print(list(continued(Fraction(Decimal(1).exp()), 40)), list(continued(Fraction(415, 93), 9)))
bernoulli = [Fraction(1)]
for m in range(1, 31):
    bernoulli.append(-sum(math.comb(m + 1, k) * bernoulli[k] for k in range(m)) / (m + 1))
print([str(number) for number in bernoulli[::2]], fractions.Fraction is Fraction)
