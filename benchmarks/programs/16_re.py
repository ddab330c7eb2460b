"""Regular expressions: a tokenizer, groups, look-around, backtracking, flags, Unicode classes, substitutions, splits, errors."""

import re

LOG = """\
2026-11-21 07:05:09 INFO  [web-1] GET /index.html?lang=de&x=1 200 5123b 0.012s
2026-11-21 07:05:10 WARN  [web-2] GET /größe/ümlaut.html 404 12b 0.001s
2026-11-21 07:05:10 ERROR [db] query "select 'it''s' from t -- no" failed: code=55 (retry 3/5)
# a remark
2026-11-22 23:59:59 INFO  [web-1] POST /api/v2/items/00042 201 99b 1.5s

bad line
"""
LINE = re.compile(
    r"""
    ^(?P<date>(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d))\s
    (?P<time>[\d:]+)\s
    (?P<level>[A-Z]+)\s+
    \[(?P<source>[^\]]+)\]\s          # who said it
    (?:(?P<verb>GET|POST)\s(?P<path>\S+)\s(?P<code>\d{3})\s(?P<size>\d+)b\s(?P<seconds>\d+(?:\.\d+)?)s|(?P<rest>.*))$
    """,
    re.VERBOSE | re.MULTILINE,
)


def shown(action, *arguments, **options):
    try:
        return action(*arguments, **options)
    except Exception as error:
        return "%s: %s" % (type(error).__name__, error)


print("# groups, spans, positions")
for match in LINE.finditer(LOG):
    print(match.span(), match.lastgroup, match.lastindex, match.groupdict(), match["year"], match.expand(r"\g<day>.\g<month>"), match.start("level"), match.regs[:4])
print(LINE.groups, sorted(LINE.groupindex.items(), key=lambda entry: entry[1]), LINE.flags, LINE.match("x"), LINE.search(LOG, 100).start())

print("# a tokenizer, and a parser on it")
TOKENS = re.compile(r"(?P<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)|(?P<name>[^\W\d]\w*)|(?P<text>'(?:[^'\\]|\\.)*')|(?P<op>\*\*|[-+*/%()=,<>!]=?)|(?P<space>\s+)|(?P<bad>.)")
for source in ("x1 = 3.5e-2 * (größe + 'it\\'s') ** 2", "a<=b, c != d % 7", "日本 = '☃' @ 3"):
    print([(match.lastgroup, match.group()) for match in TOKENS.finditer(source) if match.lastgroup != "space"])


def evaluate(text):
    tokens = [match.group() for match in TOKENS.finditer(text) if match.lastgroup != "space"] + ["end"]

    def binary(level):
        if level == 3:
            token = tokens.pop(0)
            if token == "(":
                value = binary(0)
                tokens.pop(0)
                return value
            return -binary(3) if token == "-" else float(token)
        value = binary(level + 1)
        while tokens[0] in (["+", "-"], ["*", "/"], ["**"])[level]:
            operator = tokens.pop(0)
            other = binary(level if operator == "**" else level + 1)
            value = {"+": value + other, "-": value - other, "*": value * other, "/": value / other if other else value, "**": value**other}[operator]
        return value

    return binary(0)


print([evaluate(text) for text in ("1+2*3", "(1+2)*3-4/8", "2**3**2", "-(5-7)*1.5e1", "2*(3+(4-1))**2/6")])

print("# look-around, back references, conditions, lazy, possessive, atomic")
CASES = [
    (r"(\w)\1", "aabbccd bookkeeper"), (r"(?P<q>['\"]).*?(?P=q)", "say 'it' or \"that's\" 'x"), (r"(?<=\$)\d+(?:\.\d\d)?(?!\d)", "cost $15.99, €20, $7, $3.999"),
    (r"(?<!\w)re\b", "re pre re-do are"), (r"(?=(\d{3}))", "123456"), (r"(<)?\w+(?(1)>)", "<a> b <c d>"), (r"a.*?b|a.*b", "axxbxxb"), (r"(a+)+$", "aaaaaaaaaaaaaaaaaa"),
    (r"(?>a+)b", "aaab aaac"), (r"a++b", "aaab aa"), (r"(?:a|ab)(?:c|bcd)(d*)", "abcd"), (r"x{2,3}?", "xxxxxxx"), (r"(a|b)*?c", "ababc"), (r"^$|^\s", "\n\n a"), (r"\A.|.\Z", "one\ntwo"),
    (r"(?i:straße)|É", "STRASSE straße STRAßE é É"), (r"[^\x00-\x7f]+", "aé日本b🚀c"), (r"[\w_-]+", "a-b_c d"), (r"(?s:.)\n|(?m:^b)", "a\nb\nb"), (r"\bw\w*\b(?= )", "why who wow"),
    (r"(((((((((((a)))))))))))", "a"), (r"(?:(\d+)|(\w+))+", "12ab34"), (r"()|x", "xx"), (r"(?a:\w+)", "naïve ascii"), (r"\d+", "٣٤ 12 ４５"), (r"[ſK]", "sſkKK"),
]  # fmt: skip
for pattern, text in CASES:
    for flags in (0, re.I | re.M):
        compiled = re.compile(pattern, flags)
        print(ascii(pattern), compiled.flags, [(match.span(), match.groups()) for match in compiled.finditer(text)][:12], ascii(compiled.fullmatch(text) and compiled.fullmatch(text).span()))

print("# bytes")
print(re.findall(rb"[\x80-\xff]+|\w{2,}", b"ab\xff\xfe cd\x80e"), re.sub(rb"(?i)B", b"\\\\<\\g<0>>", b"abB"), shown(re.search, "a", b"a"), shown(re.search, b"a", "a"), re.compile(rb"(?L:\w)").findall(b"a\xe9"))

print("# substitution")
print(re.sub(r"(?P<a>\w)(\w)", r"\2\g<a>\g<0>", "abcde"), re.subn(r"x*", "-", "abxd"), re.sub(r"\b(\w)", lambda match: match[1].upper(), "the tide is high"), re.sub("a", r"\n\t\\", "cat"), re.sub(r"(a)|b", r"[\1]", "ab"))
print(re.sub(r"\d+", lambda match: str(int(match[0]) * 2), LOG[:40]), re.sub(".", "x", "a\nb", count=1), re.escape("a.b*c[d]\n é-_ #"), shown(re.sub, "a", r"\9", "a"), shown(re.sub, "a", r"\g<x>", "a"), shown(re.sub, "(a)", r"\q", "a"))


def camel(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


print([camel(name) for name in ("HTTPServerError", "getX2Value", "simple", "ABC")], f"{re.sub(r'(?<=[0-9])(?=(?:[0-9]{3})+$)', ',', '1234567890')}")

print("# split")
for pattern, text in ((r"\W+", "Words, words; words."), (r"(\W)", "a-b c"), (r"x*", "axbc"), (r"(?=[A-Z])", "oneTwoThree"), (r"(-)|(,)", "a-b,c"), (r"\s*;\s*", " a ; b;c "), (r"\n", "")):
    print(pattern, re.split(pattern, text), re.split(pattern, text, maxsplit=1))

print("# scanning by hand, limits, equality")
scanner = re.compile(r"[a-z]+|\d+").scanner("ab12cd;34")
print([match.group() if (match := scanner.match()) else None for _ in range(4)], [match.group() if (match := scanner.search()) else None for _ in range(2)])
print(re.compile(r"^b").search("ab", 1), re.compile(r"b$").search("abc", 0, 2), re.compile("a") == re.compile("a"), re.compile("a") is re.compile("a"), hash(re.compile("a")) == hash(re.compile("a")), repr(re.compile("a\n", re.I | re.S)), repr(re.match("a", "ab")))
long = "a" * 5000 + "b"
print(len(re.match(r"(?:a|aa)+b", long)[0]), re.match(r"(x+x+)+y", "x" * 22), re.search("a{4990,}b", long).span(), len(re.findall(r"(?:)", long)), re.search("|".join("%da" % n for n in range(400)) + "|b", long).span())

print("# errors")
for pattern in ("(", "a)", "[a", "*a", "a**", "(?P<1>a)", "(?P=x)", r"\1", "(?<=a*)", "a{2,1}", "(?P<a>.)(?P<a>.)", "[z-a]", "(?z)", r"\N{no such}", "(?(2)a)", "x(?i)", "\\"):
    try:
        re.compile(pattern)
        print(pattern, "compiled")
    except re.error as error:
        print(ascii(pattern), error, error.pos, error.lineno, error.colno)
