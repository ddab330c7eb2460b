"""Asks `hashlib` for digests: prints one JSON object, for each algorithm its digests, and whether published ones are right.

`hashlib_answers.py` asks for all in one process, `hashlib_answers.py NAME…` only for these, `--list` prints their names as
a list. Shape: {"sha256": {"digests": {input: hex}, "published": how many inputs have a published answer,
"wrong": [inputs whose digest is not the published one], "refused": null or why the algorithm cannot be used}}.

Published answers, by the document that they are printed in:
  MD5                    RFC 1321, A.5; a million "a": the NESSIE test vectors
  SHA-1, SHA-2           FIPS 180-4 example values (NIST, Cryptographic Standards and Guidelines, "Examples with
                         Intermediate Values"); empty input: NIST CAVP, SHAVS byte test vectors, Len = 0
  SHA-3                  FIPS 202 example values (as above, empty input and 200 bytes a3); "abc" and a million "a": DI Management,
                         "Test vectors for SHA-1, SHA-2 and SHA-3" (di-mgt.com.au/sha_testvectors.html)
  SHAKE                  FIPS 202 example values (as above, empty input and 200 bytes a3)
  BLAKE2                 RFC 7693, appendices A and B ("abc"); empty input and keyed: the BLAKE2 authors' KAT files
  HMAC                   RFC 2202 (MD5, SHA-1), RFC 4231 (SHA-2), test case 2
  PBKDF2                 RFC 6070 (SHA-1), RFC 7914, 11 (SHA-256)
  scrypt                 RFC 7914, 12
"""

import hashlib
import hmac
import json
import sys

INPUTS = {
    "empty": b"",
    "abc": b"abc",
    "million a": b"a" * 1000000,
    "200 bytes a3": b"\xa3" * 200,
    # Around the block sizes 64, 72, 104, 128, 136, 144 and 168, where padding goes wrong first.
    **{"%d bytes" % length: bytes(n * 7 & 255 for n in range(length)) for length in (1, 55, 56, 63, 64, 65, 71, 72, 103, 104)},
    **{"%d bytes" % length: bytes(n * 11 & 255 for n in range(length)) for length in (111, 112, 127, 128, 129, 135, 136, 143, 144)},
    **{"%d bytes" % length: bytes(n * 13 & 255 for n in range(length)) for length in (167, 168, 169, 1000, 4097)},
}

# Digests of the empty input, of "abc" and of a million "a".
PUBLISHED = {
    "md5": ("d41d8cd98f00b204e9800998ecf8427e", "900150983cd24fb0d6963f7d28e17f72", "7707d6ae4e027c70eea2a935c2296f21"),
    "sha1": (
        "da39a3ee5e6b4b0d3255bfef95601890afd80709",
        "a9993e364706816aba3e25717850c26c9cd0d89d",
        "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
    ),
    "sha224": (
        "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f",
        "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7",
        "20794655980c91d8bbb4c1ea97618a4bf03f42581948b2ee4ee7ad67",
    ),
    "sha256": (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
    ),
    "sha384": (
        "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b",
        "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
        "9d0e1809716474cb086e834e310a4a1ced149e9c00f248527972cec5704c2a5b07b8b3dc38ecc4ebae97ddd87f3d8985",
    ),
    "sha512": (
        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973ebde0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b",
    ),
    "sha3_224": (
        "6b4e03423667dbb73b6e15454f0eb1abd4597f9a1b078e3f5b5a6bc7",
        "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf",
        "d69335b93325192e516a912e6d19a15cb51c6ed5c15243e7a7fd653c",
    ),
    "sha3_256": (
        "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a",
        "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532",
        "5c8875ae474a3634ba4fd55ec85bffd661f32aca75c6d699d0cdcb6c115891c1",
    ),
    "sha3_384": (
        "0c63a75b845e4f7d01107d852e4c2485c51a50aaaa94fc61995e71bbee983a2ac3713831264adb47fb6bd1e058d5f004",
        "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376d25",
        "eee9e24d78c1855337983451df97c8ad9eedf256c6334f8e948d252d5e0e76847aa0774ddb90a842190d2c558b4b8340",
    ),
    "sha3_512": (
        "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a615b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26",
        "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0",
        "3c3a876da14034ab60627c077bb98f7e120a2a5370212dffb3385a18d4f38859ed311d0a9d5141ce9cc5c66ee689b266a8aa18ace8282a0e0db596c90b0a7b87",
    ),
    "shake_128": ("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26", None, None),
    "shake_256": (
        "46b9dd2b0ba88d13233b3feb743eeb243fcd52ea62b81b82b50c27646ed5762fd75dc4ddd8c0f200cb05019d67b592f6fc821c49479ab48640292eacb3b7c4be",
        None,
        None,
    ),
    "blake2b": (
        "786a02f742015903c6c6fd852552d272912f4740e15847618a86e217f71f5419d25e1031afee585313896444934eb04b903a685b1448b755d56f701afe9be2ce",
        "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
        None,
    ),
    "blake2s": (
        "69217a3079908094e11121d042354a7c1f55b6482ca1a51e1b250dfd1ed0eef9",
        "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982",
        None,
    ),
}

# Digests of 200 bytes a3, the 1600-bit message of the examples.
EXAMPLE = {
    "sha3_224": "9376816aba503f72f96ce7eb65ac095deee3be4bf9bbc2a1cb7e11e0",
    "sha3_256": "79f38adec5c20307a98ef76e8324afbfd46cfd81b22e3973c65fa1bd9de31787",
    "sha3_384": "1881de2ca7e41ef95dc4732b8f5f002b189cc1e42b74168ed1732649ce1dbcdd76197a31fd55ee989f2d7050dd473e8f",
    "sha3_512": "e76dfad22084a8b1467fcf2ffa58361bec7628edf5f3fdc0e4805dc48caeeca81b7c13c30adf52a3659584739a2df46be589c51ca1a4a8416df6545a1ce8ba00",
    "shake_128": "131ab8d2b594946b9c81333f9bb6e0ce75c3b93104fa3469d3917457385da037",
    "shake_256": "cd8a920ed141aa0407a22d59288652e9d9f1a7ee0c1e7c1ca699424da84a904d2d700caae7396ece96604440577da4f3aa22aeb8857f961c4cd8e06f0ae6610b",
}

KEYED = {
    "blake2b": "10ebb67700b1868efb4417987acf4690ae9d972fb7a590c2f02871799aaa4786b5e996e8f0f4eb981fc214b005f42d2ff4233499391653df7aefcbc13fc51568",
    "blake2s": "48a8997da407876b3d79c0d92325ad3b89cbb754d86ab71aee047ad345fd2c49",
}

# Key "Jefe", message "what do ya want for nothing?".
HMAC = {
    "md5": "750c783e6ab0b503eaa86e310a5db738",
    "sha1": "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
    "sha224": "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44",
    "sha256": "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    "sha384": "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
    "sha512": "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
}

PBKDF2 = {
    "sha1": {
        (b"password", b"salt", 1, 20): "0c60c80f961f0e71f3a9b524af6012062fe037a6",
        (b"password", b"salt", 2, 20): "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957",
        (b"password", b"salt", 4096, 20): "4b007901b765489abead49d926f721d065a429c1",
    },
    "sha256": {
        (b"passwd", b"salt", 1, 64): "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
        "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783"
    },
}

SCRYPT = "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906"


class Answers:
    def __init__(self):
        self.digests = {}
        self.published = 0
        self.wrong = []

    def add(self, label, digest, published=None):
        self.digests[label] = digest
        if published is not None:
            self.published += 1
            if digest != published:
                self.wrong.append(label)


def finish(state):
    """The digest; of an algorithm of any length, as many bytes as its capacity."""
    if state.digest_size == 0 or state.name.startswith("shake"):
        return state.hexdigest(64 if "256" in state.name else 32)
    return state.hexdigest()


def plain(answers, name):
    published = dict(zip(("empty", "abc", "million a"), PUBLISHED.get(name, ())))
    published["200 bytes a3"] = EXAMPLE.get(name)
    for label, data in INPUTS.items():
        answers.add(label, finish(hashlib.new(name, data)), published.get(label))
    state = hashlib.new(name)
    for place in range(0, 1000000, 9973):
        state.update(INPUTS["million a"][place : place + 9973])
        if place == 0:
            first = state.copy()
    answers.add("million a in pieces", finish(state), published.get("million a"))
    answers.add("a copy after the first piece", finish(first))
    if name in hashlib.algorithms_guaranteed:
        constructor = getattr(hashlib, name)
        answers.add("abc by its own name", finish(constructor(b"abc")), published.get("abc"))
    if name.startswith("shake"):
        answers.add("777 bytes of abc", hashlib.new(name, b"abc").hexdigest(777))
    if name in KEYED:
        size = getattr(hashlib, name).MAX_KEY_SIZE
        constructor = getattr(hashlib, name)
        answers.add("empty, keyed", constructor(b"", key=bytes(range(size))).hexdigest(), KEYED[name])
        options = {"digest_size": 20, "salt": b"salt", "person": b"person", "key": b"key"}
        answers.add("abc, keyed, salted, 20 bytes", constructor(b"abc", **options).hexdigest())
        tree = {"fanout": 2, "depth": 2, "leaf_size": 4096, "node_offset": 1, "node_depth": 0, "inner_size": 32, "last_node": True}
        answers.add("abc, as a leaf", constructor(b"abc", **tree).hexdigest())


def authenticated(answers, name):
    message = b"what do ya want for nothing?"
    answers.add("Jefe", hmac.new(b"Jefe", message, name).hexdigest(), HMAC.get(name))
    answers.add("Jefe at once", hmac.digest(b"Jefe", message, name).hex(), HMAC.get(name))
    answers.add("long key", hmac.new(bytes(range(200)), message * 40, name).hexdigest())


def derived(answers, name):
    for parameters, published in PBKDF2.get(name, {}).items():
        password, salt, rounds, length = parameters
        answers.add("%d rounds" % rounds, hashlib.pbkdf2_hmac(name, password, salt, rounds, length).hex(), published)
    answers.add("77 rounds", hashlib.pbkdf2_hmac(name, b"pass\0word", b"sa\0lt", 77, 70).hex())


def scrypt(answers, name):
    answers.add("empty", hashlib.scrypt(b"", salt=b"", n=16, r=1, p=1, dklen=64).hex(), SCRYPT)
    answers.add("other", hashlib.scrypt(b"password", salt=b"NaCl", n=64, r=8, p=2, dklen=40).hex())


def questions():
    """Name shown, function that asks, name of the algorithm."""
    for name in sorted(hashlib.algorithms_available):
        yield name, plain, name
    for name in HMAC:
        yield "hmac-" + name, authenticated, name
    for name in ("sha1", "sha224", "sha256", "sha384", "sha512"):
        yield "pbkdf2-" + name, derived, name
    if hasattr(hashlib, "scrypt"):
        yield "scrypt", scrypt, "scrypt"


def main(questions):
    chosen = sys.argv[1:]
    if chosen == ["--list"]:
        print(json.dumps([shown for shown, _, _ in questions]))
        return
    found = {}
    for shown, ask, name in questions:
        if chosen and shown not in chosen:
            continue
        answers, refused = Answers(), None
        try:
            ask(answers, name)
        except (ValueError, AttributeError) as error:
            refused = "%s: %s" % (type(error).__name__, error)
        found[shown] = {"digests": answers.digests, "published": answers.published, "wrong": answers.wrong, "refused": refused}
    print(json.dumps(found, indent=0))


if __name__ == "__main__":
    main(list(questions()))
