"""Big integers: multiplication past the Karatsuba limit, division, powers, roots, bits, and conversion to text and back."""

import math
import sys


def digest(number):
    """A short name for a long number."""
    return "%d bits, mod 2^61-1 = %d, mod 10^9+7 = %d" % (number.bit_length(), number % (2**61 - 1), number % (10**9 + 7))


def collatz(number):
    steps, highest = 0, number
    while number != 1:
        number = 3 * number + 1 if number & 1 else number >> 1
        highest = max(highest, number)
        steps += 1
    return steps, highest


def is_prime(number):
    """Miller and Rabin, with bases that decide every number below 3.3 * 10^24."""
    if number < 2 or any(number % small == 0 for small in (2, 3, 5, 7, 11, 13)):
        return number in (2, 3, 5, 7, 11, 13)
    twos = ((number - 1) & -(number - 1)).bit_length() - 1
    for base in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41):
        if base % number == 0:
            continue
        x = pow(base, number - 1 >> twos, number)
        if x in (1, number - 1):
            continue
        for _ in range(twos - 1):
            x = x * x % number
            if x == number - 1:
                break
        else:
            return False
    return True


print("# products")
left, right = 3, 7
for step in range(1, 15):
    left, right = left * left + step, right * right - step
    print(step, digest(left), "|", digest(left * right), "|", digest(left * left - right))

print("# factorials, binomials, Fibonacci")
for n in (0, 1, 20, 21, 57, 58, 200, 1000, 3000):
    print(n, digest(math.factorial(n)), digest(math.comb(n, n // 3)), math.perm(n, min(n, 4)))
a, b = 0, 1
for n in range(1, 3001):
    a, b = b, a + b
    if n % 300 == 0:
        print(n, digest(a))

print("# division: sign and remainder")
numbers = [1, 2, 3, 7, 2**15, 2**30 - 1, 2**30, 2**30 + 1, 2**60 - 1, 2**63, 2**64 + 1, 10**40, 3**200]
for a in numbers[3::2]:
    for b in numbers[1::2]:
        for x, y in ((a, b), (-a, b), (a, -b), (-a, -b)):
            quotient, remainder = divmod(x, y)
            assert quotient * y + remainder == x and (x // y, x % y) == (quotient, remainder), (x, y)
        print(a % 9973, b % 9973, digest(divmod(-a, b)[0] ** 2), divmod(-a, b)[1] % 99991, divmod(a, -b)[1] % 99991)

print("# bits")
for a in (0, 1, -1, 2**29, -(2**30), 2**45 + 2**13 + 1, -(3**50)):
    print(a, ~a, a.bit_length(), a.bit_count(), a >> 7, a << 35, a & 0xFFFF0000FFFF, a | 2**40, a ^ -(2**33), -a >> 100)
    for length, order in ((24, "big"), (24, "little")):
        packed = a.to_bytes(length, order, signed=True)
        assert int.from_bytes(packed, order, signed=True) == a
        print(" ", packed.hex(), int.from_bytes(packed, order))

print("# powers and roots")
for base, exponent, modulus in (
    (2, 521, None),
    (-7, 133, None),
    (3, 10**30 + 57, 10**18 + 9),
    (123456789, -1, 10**9 + 7),
    (10, 1000, -99991),
):
    print(base, exponent, modulus, digest(pow(base, exponent) if modulus is None else pow(base, exponent, modulus)))
for n in (10**50, 2**200 - 1, 3**151, 10**18, 99999999999999999999**2):
    root = math.isqrt(n)
    print(root, root * root <= n < (root + 1) ** 2, math.gcd(n, 6**40), math.lcm(n % 10**12, 360360))

print("# text")
number = 7**400 - 5**300
for base, code in ((2, "b"), (8, "o"), (16, "x"), (16, "X"), (10, "d"), (10, ",d"), (16, "#_x")):
    text = format(number, code)
    print(code, len(text), text[:40], text[-40:], code[0] in "#," or int(text, base) == number)
for text in ("  -123_456_789  ", "0b1011", "0o17", "0xdead_beef", "z" * 30, "９８７"):
    print(repr(text.strip()[:12]), int(text, 36 if "z" in text else 0 if text.startswith("0") else 10))
limit_digits = getattr(sys, "set_int_max_str_digits", lambda digits: None)  # newer than the first builds of 3.11
limit_digits(20000)
huge = 9**12345
print(len(str(huge)), str(huge)[:30], str(huge)[-30:], int(str(huge)) == huge, digest(int("1234567890" * 900)))
limit_digits(4300)
for bad in ("12a", "", "_1", "1__0", "0x", "1" * 5000):
    try:
        int(bad)
    except ValueError as error:
        print("ValueError:", str(error)[:90])

print("# to floats and back")
for n in (2**53, 2**53 + 1, 2**53 + 3, 2**1023, 10**300, -(10**22) - 1):
    print(n == int(float(n)), float(n).hex(), n / 3, hash(n), (n * 10**5) / (n * 3 + 1))
for a, b in ((2**1024, 1), (1, 0)):
    try:
        print(a / b)
    except ArithmeticError as error:
        print(type(error).__name__, error)

print("# primes")
print([n for n in range(10**15, 10**15 + 300) if is_prime(n)], is_prime(2**61 - 1), is_prime((2**31 - 1) * (2**19 - 1)))
print([collatz(n) for n in (27, 97, 871, 2**64 - 1, 10**30 + 3)])
