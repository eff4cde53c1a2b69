"""What happened to the wallet, in plain words."""

from billing.prices import dollars
from handlers.statements import Line
from models import MovementKind

WORDS = {
    MovementKind.HOLD: "Set aside for a transcription",
    MovementKind.CAPTURE: "Transcription charged",
    MovementKind.RELEASE: "Given back: the transcription did not complete",
    MovementKind.GRANT: "Monthly credit",
    MovementKind.EXPIRY: "Monthly credit expired",
    MovementKind.TOP_UP: "Top-up",
    MovementKind.REFUND: "Payment refunded",
    MovementKind.REFUND_REVERSAL: "Refund failed: the payment is back",
    MovementKind.DISPUTE: "Payment disputed with the bank",
    MovementKind.DISPUTE_REVERSAL: "Dispute won: the payment is back",
    MovementKind.ADJUSTMENT: "Credit from the operator",
}
SETTLEMENTS = frozenset({MovementKind.CAPTURE, MovementKind.RELEASE})


def happened(line: Line) -> str:
    """One short sentence without a full stop."""
    if line.kind is MovementKind.CAPTURE and not line.charged:
        return "Transcription free of charge"
    if line.kind is MovementKind.ADJUSTMENT and line.top_up < 0:
        return "Credit taken out by the operator"
    return WORDS[line.kind]


def asides(line: Line) -> list[str]:
    """Where the rest went, when what left one bucket did not all arrive in another that is shown."""
    found = []
    if line.owed < 0:
        found.append(f"{dollars(-line.owed)} of it settled what was owed.")
    if line.owed > 0:
        found.append(f"{dollars(line.owed)} of it was spent already and is owed now.")
    expired = -(line.held + line.charged + line.monthly_credit + line.top_up) if line.kind in SETTLEMENTS else 0
    if expired > 0:
        found.append(f"{dollars(expired)} of it was credit of a month that is over.")
    return found


def change(line: Line) -> int:
    """What it did to the amount available."""
    return line.monthly_credit + line.top_up
