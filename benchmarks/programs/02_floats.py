"""Floats: shortest text, rounding, parsing, hexadecimal form, special values, and the sums and functions of `math`."""

import cmath
import math
import struct
import sys

LIMITS = [sys.float_info.max, sys.float_info.min, sys.float_info.epsilon, 5e-324, 2.2250738585072011e-308, 1.7976931348623157e308]
PLAIN = [0.0, -0.0, 1.0, 0.1, 0.2, 0.1 + 0.2, 1 / 3, 2 / 3, 1e16, 1e15, 123456789.123456789, 1e22, 1e23, 9007199254740993.0, 5e-7, 1e-5]
SPECIAL = [math.inf, -math.inf, math.nan]


def bits(value):
    return struct.pack(">d", value).hex()


def noise(count):
    """Doubles of every size, from a generator of our own."""
    state = 0x9E3779B97F4A7C15
    while count:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        value = struct.unpack(">d", struct.pack(">Q", state))[0]
        if math.isfinite(value):
            count -= 1
            yield value


print("# shortest text, and back")
for value in PLAIN + LIMITS + SPECIAL:
    print(repr(value), str(value), bits(value), value.hex(), repr(float(repr(value))))
for value in noise(60):
    assert float(repr(value)) == value and float.fromhex(value.hex()) == value
    print(repr(value), "%.3e" % value, "%.17g" % value)

print("# formats")
for code in ("g", ".0f", ".1f", ".2f", ".3e", ".10g", "+.4f", "010.2f", ",.2f", "_.3f", "%", ".1%", "#.3g", "<12.3f", "^+12.2e", "E", "n"):
    print(code, "|".join(format(value, code) for value in (0.5, 1.5, 2.675, -1234567.891, 1e-7, 1e21, math.inf)))
for pattern in ("%f", "%.0f", "%5.1f", "%-9.2e|", "%G", "%#.0f", "%+r", "% .3g"):
    print(pattern, [pattern % value for value in (0.125, 2.5, -3.5, 1e100)])

print("# rounding: half to even, and to negative places")
for value in (0.5, 1.5, 2.5, -0.5, 2.675, 1.005, 1e16 + 2, 12345.678, -99.995):
    print(
        value, round(value), [round(value, places) for places in (-2, 0, 1, 2, 3)], math.floor(value), math.ceil(value), math.trunc(value)
    )

print("# parsing")
for text in (
    "1e400",
    "-1e-400",
    "  1_000.5 ",
    ".5",
    "5.",
    "1E+5",
    "infinity",
    "-NaN",
    "0x1p3",
    "1e",
    "1__0",
    "",
    "１２.５",
    "4.35",
    "2.2250738585072012e-308",
):
    try:
        print(repr(text), float(text))
    except ValueError as error:
        print(type(error).__name__, error)
for text in ("0x1.8p1", "-0x.1p-3", "0x1.fffffffffffffp+1023", "0x0.0000000000001p-1022", "inf", "0x1p1024", "zz"):
    try:
        print(text, float.fromhex(text))
    except (ValueError, OverflowError) as error:
        print(text, type(error).__name__, error)

print("# comparison, hash, exact ratio, remainder")
for a in (0.0, -0.0, 0.1, 1e308, 2.0**-1074, math.inf):
    print(
        a,
        hash(a),
        a == int(a) if math.isfinite(a) else "-",
        a.as_integer_ratio() if math.isfinite(a) and abs(a) < 10 else "-",
        a.is_integer(),
    )
for a, b in ((7.5, 2), (-7.5, 2), (7.5, -2), (1e20, 3.0), (-0.0, 5.0), (5.0, math.inf), (-5.0, math.inf)):
    print(a, b, a % b, a // b, divmod(a, b), math.fmod(a, b), math.remainder(a, b), math.copysign(a, -b))
print([0.1 + 0.2 == 0.3, math.isclose(0.1 + 0.2, 0.3), math.nan == math.nan, math.nan < 1, 2**53 == 2.0**53, 2**53 + 1 == 2.0**53])
print([min(0.0, -0.0), max(-0.0, 0.0), sorted([3.0, -math.inf, 2, -0.0, 1e-320])])

print("# sums")
values = list(noise(400))
small = [math.fmod(value, 1e6) for value in values]
print(
    math.fsum(small),
    sum(small),
    math.fsum([1e100, 1.0, -1e100]),
    math.prod(small[:7]),
    math.hypot(*small[:5]),
    math.dist(small[:3], small[3:6]),
)

print("# functions")
for (
    name
) in "sqrt exp expm1 log log2 log10 log1p sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh erf erfc gamma lgamma cbrt exp2".split():
    function = getattr(math, name)
    row = []
    for x in (-2.5, -1.0, -0.0, 0.3, 1.0, 2.0, 7.25, 710.0, math.inf):
        try:
            row.append(repr(function(x)))
        except (ValueError, OverflowError) as error:
            row.append(type(error).__name__)
    print(name, *row)
print(
    math.frexp(0.1),
    math.ldexp(0.8, -1073),
    math.modf(-3.75),
    math.nextafter(1.0, 2.0),
    math.ulp(1e300),
    math.pow(2.0, 0.5),
    math.atan2(-0.0, -1.0),
)
for z in (1 + 2j, -1 - 0.0j, 0.3j, complex(math.inf, 1)):
    try:
        square = z**2
    except OverflowError as error:  # of an infinite number, from 3.14 on
        square = error
    print(z, abs(z), z * (2 - 1j), square, cmath.phase(z), cmath.sqrt(z), format(z, ".3f"), repr(-z))
print(0.1**10, 10.0**-5, (-8.0) ** (1 / 3), 2.0**0.5, 1e200 * 1e200, -1e-200 * 1e-200)
for action in (lambda: 1.0 / 0.0, lambda: 10.0**400, lambda: int(math.nan), lambda: int(math.inf), lambda: 0.0**-1):
    try:
        print(action())
    except (ArithmeticError, ValueError) as error:
        print(type(error).__name__, error)
