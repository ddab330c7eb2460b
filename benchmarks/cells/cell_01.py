"""Primes below a bound, by sieve."""

LIMIT = 4000

sieve = bytearray([1]) * (LIMIT + 1)
sieve[0:2] = b"\0\0"
for number in range(2, int(LIMIT**0.5) + 1):
    if sieve[number]:
        sieve[number * number :: number] = bytes(len(range(number * number, LIMIT + 1, number)))
primes = [number for number in range(LIMIT + 1) if sieve[number]]
answer = "%d primes, last %d, sum %d" % (len(primes), primes[-1], sum(primes))
