"""What the program runs unless it is given another script."""

import ctypes
import hashlib
import json
import sqlite3
import ssl
import sys

print(sys.version)
print(
    json.dumps(
        {
            "sha256": hashlib.sha256(b"surtax").hexdigest(),
            "openssl": ssl.OPENSSL_VERSION,
            "sqlite": sqlite3.sqlite_version,
            "pointer": ctypes.sizeof(ctypes.c_void_p),
            "arguments": sys.argv[1:],
        }
    )
)
