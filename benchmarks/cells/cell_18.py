"""Caesar, Vigenère and a checksum over text."""

LETTERS = "abcdefghijklmnopqrstuvwxyz"
TEXT = "attack at dawn unless the bridge is held by the second company in which case wait"


def caesar(text, shift):
    return text.translate(str.maketrans(LETTERS, LETTERS[shift:] + LETTERS[:shift]))


def vigenere(text, key):
    out = []
    place = 0
    for char in text:
        if char in LETTERS:
            out.append(LETTERS[(LETTERS.index(char) + LETTERS.index(key[place % len(key)])) % 26])
            place += 1
        else:
            out.append(char)
    return "".join(out)


secret = vigenere(caesar(TEXT, 3), "lemon") * 3
check = 1
for char in secret:
    check = check * 65599 % 4294967291 + ord(char)
answer = "%s %d" % (secret[:40].upper(), check)
