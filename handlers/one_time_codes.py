"""Codes that are good once: those that an authenticator app shows (TOTP, RFC 6238), and recovery codes.

The one module that knows pyotp.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Sequence
from datetime import datetime

import pyotp
from pyotp.utils import strings_equal

ISSUER = "Transcribe"
STEP_SECONDS = 30
# A clock may be half a minute off, and a code takes a while to be typed.
STEPS_OFF = 1
RECOVERY_CODES = 10
RECOVERY_BYTES = 10  # 80 bits, 16 letters and digits in base32.
DIGITS = re.compile(r"[0-9]{6}")


def new_secret() -> str:
    """160 random bits in base32, as RFC 4226 recommends."""
    return pyotp.random_base32(32)


def address(secret: str, email: str) -> str:
    """What an authenticator app reads of a QR code, `otpauth://totp/…`."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def step_of(secret: str, code: str, *, at: datetime, after: int | None) -> int | None:
    """The number of the half minute whose code this is, near `at` and later than step `after`; None if there is none.

    Whoever remembers the step that was used, and asks for later ones only, accepts no code twice.
    """
    if not DIGITS.fullmatch(code):
        return None
    present = int(at.timestamp()) // STEP_SECONDS
    known = pyotp.TOTP(secret)
    matching = [
        step
        for step in range(present - STEPS_OFF, present + STEPS_OFF + 1)
        if strings_equal(known.generate_otp(step), code) and (after is None or step > after)
    ]
    return matching[0] if matching else None


def typed(code: str) -> str:
    """A code as it was meant, without the spaces and dashes it was shown with."""
    return re.sub(r"[\s-]", "", code).lower()


def new_recovery_codes() -> Sequence[str]:
    """Ten of them, `abcd-efgh-ijkl-mnop`."""
    made = [base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower() for _ in range(RECOVERY_CODES)]
    return ["-".join(re.findall("....", code)) for code in made]


def hash_of_recovery_code(code: str) -> bytes:
    """What is stored of one: enough for 80 random bits."""
    return hashlib.sha256(typed(code).encode()).digest()
