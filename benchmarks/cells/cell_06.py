"""A table, laid out with string formatting."""

ROWS = [("item %c" % (97 + n), n * 37 % 101, n * n * 0.37, n % 3 == 0) for n in range(26)]

lines = ["{:<10}|{:>6}|{:>10}|{:^5}".format("name", "count", "price", "ok")]
for name, count, price, ok in ROWS:
    lines.append(f"{name:<10}|{count:>6d}|{price:>10.2f}|{'yes' if ok else 'no':^5}")
lines.append(f"{'total':<10}|{sum(row[1] for row in ROWS):>6,d}|{sum(row[2] for row in ROWS):>10.3e}|{'':^5}")
check = 0
for line in lines:
    for char in line:
        check = (check * 33 + ord(char)) % 1000000007
answer = "%d lines, check %d, last %s" % (len(lines), check, lines[-1].strip())
