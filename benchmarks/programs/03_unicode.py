"""Unicode: the three storage widths, case, normal forms, categories, codecs and their error handlers, slices and searches."""

import sys
import unicodedata

SAMPLES = [
    "plain ascii", "Größe, façade, naïve", "ΑΒΓ Σίσυφος ς", "Привет, мир", "שלום עולם", "日本語のテキスト", "한국어 텍스트", "👩‍👩‍👧‍👦 🇩🇪 🧑🏽‍🚀", "ﬁ ﬂ ŉ ǰ ΐ ß ẞ İ ı",
    "e\u0301 vs \u00e9", "\u212b \u00c5 A\u030a", "①②Ⅷ½٣", "tab\tline\nnul\0end", "\u200b\u200d\ufeff", "𝔘𝔫𝔦𝔠𝔬𝔡𝔢", "ｆｕｌｌｗｉｄｔｈ", "a\u0328\u0301 \u1eaf",
]  # fmt: skip


def points(text):
    return " ".join("%04X" % ord(char) for char in text)


print("# storage, case, predicates")
for text in SAMPLES:
    print(ascii(text), len(text), sys.getsizeof(text) - sys.getsizeof(""), max(map(ord, text)))
    for change in (str.upper, str.lower, str.title, str.swapcase, str.casefold, str.capitalize):
        print("  ", change.__name__, ascii(change(text)))
    print("  ", [int(getattr(text, "is" + test)()) for test in "alnum alpha ascii decimal digit identifier lower numeric printable space title upper".split()])

print("# normal forms")
for text in SAMPLES:
    forms = {form: unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")}
    for form, result in forms.items():
        print(form, points(result)[:100], unicodedata.is_normalized(form, text), len(result.encode()))
    assert unicodedata.normalize("NFC", forms["NFD"]) == forms["NFC"]

print("# the database, by blocks")
print(unicodedata.unidata_version)
for start in (0x00, 0x80, 0x180, 0x370, 0x400, 0x590, 0x600, 0x900, 0xE00, 0x1100, 0x2000, 0x2100, 0x2460, 0x3040, 0x4E00, 0xAC00, 0xFB00, 0x1D400, 0x1F600, 0x20000):
    categories, check = {}, 0
    for code in range(start, start + 128):
        char = chr(code)
        category = unicodedata.category(char)
        categories[category] = categories.get(category, 0) + 1
        facts = (unicodedata.bidirectional(char), unicodedata.combining(char), unicodedata.east_asian_width(char), unicodedata.mirrored(char))
        facts += (unicodedata.decomposition(char), unicodedata.name(char, "?"), unicodedata.numeric(char, -1))
        for part in repr(facts):
            check = (check * 31 + ord(part)) % 2**61
    print("%05X" % start, sorted(categories.items()), check)
for char in "a½٣Ⅷ漢가🚀\u0301":
    print(ascii(char), unicodedata.name(char), unicodedata.category(char), unicodedata.numeric(char, None), unicodedata.digit(char, None))
print(ascii(unicodedata.lookup("GREEK SMALL LETTER ALPHA")), "\N{SNOWMAN}" == "\u2603", ascii("\N{LATIN SMALL LETTER A WITH ACUTE}"))

print("# codecs")
for text in SAMPLES:
    for codec in ("utf-8", "utf-16", "utf-16-be", "utf-32-le", "utf-7", "unicode_escape", "raw_unicode_escape", "punycode", "utf-8-sig"):
        packed = text.encode(codec)
        print(codec, packed.hex()[:72], len(packed), packed.decode(codec) == text)
    for codec in ("ascii", "latin-1", "cp1252", "iso8859-7", "koi8-r", "shift_jis", "euc_kr", "gb18030", "big5"):
        print(codec, *(text.encode(codec, errors)[:40] for errors in ("replace", "backslashreplace", "xmlcharrefreplace", "ignore")))
print("bücher.example".encode("idna"), b"xn--bcher-kva".decode("idna"))

print("# bad input")
for packed in (b"\xff", b"a\xc3", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"ok\xe2\x82zz", b"\xf0\x9f\x98"):
    for codec in ("utf-8", "utf-16-le", "ascii"):
        try:
            print(packed, codec, ascii(packed.decode(codec)))
        except UnicodeDecodeError as error:
            print(error)
        print("  ", *(ascii(packed.decode(codec, errors)) for errors in ("replace", "ignore", "backslashreplace", "surrogateescape") if codec != "utf-16-le" or "sur" not in errors))
for text, codec in (("\ud800", "utf-8"), ("é", "ascii"), ("€", "latin-1")):
    try:
        text.encode(codec)
    except UnicodeEncodeError as error:
        print(error)
    print("  ", text.encode(codec, "backslashreplace"), text.encode("utf-8", "surrogatepass"))

print("# slices, searches, splits")
for text in SAMPLES:
    print(ascii(text[::-1]), ascii(text[1:-1:2]), text.find(" "), text.rfind("e"), text.count("e"), ascii(text.partition(" ")))
    print("  ", ascii(text.split()), ascii(text.splitlines()), ascii(text.center(24, "·")), ascii(text.expandtabs(4)), hash(text))
    print("  ", ascii(text.replace("e", "€")), ascii(text.translate({0x20: None, 0x65: "EE", 0x61: 0x1F600})), ascii("%-20.5s|" % text), ascii(f"{text!r:.12}"))
print(ascii(sorted(SAMPLES)), ascii(sorted("äzÄaßsé", key=str.casefold)), ascii("Σ".join("abc")), "ß".upper() == "SS", "ǅ".istitle())
print([text in "".join(SAMPLES) for text in ("мир", "мыр", "🚀", "\0e")], "ﬁ".casefold() == "fi", ascii("x".ljust(3, "🚀")), ascii("a🚀b🚀".rsplit("🚀", 1)))
