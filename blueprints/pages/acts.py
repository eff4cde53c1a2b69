"""What was done, in words: how the log of activity is read, by an account's owner and by operators alike."""

from handlers.activities import About
from models import Action, Activity, Actor

NAMES = {
    About.SIGN_IN: "Signing in and out",
    About.ACCOUNT: "Account",
    About.API_KEY: "API keys",
    About.TRANSCRIPTION: "Transcriptions",
    About.TRASH: "Trash",
    About.SHARE: "Share links",
    About.WEBHOOK_ENDPOINT: "Webhooks",
    About.WALLET: "Wallet",
}
ACTS = {
    Action.ACCOUNT_CREATED: "Account made",
    Action.ACCOUNT_DELETED: "Account deleted",
    Action.PASSWORD_CHANGED: "Password changed",
    Action.ADDRESS_CONFIRMED: "Address confirmed",
    Action.SIGN_IN_CONNECTED: "Other sign-in connected",
    Action.TWO_FACTOR_ON: "Two-factor sign-in turned on",
    Action.TWO_FACTOR_OFF: "Two-factor sign-in turned off",
    Action.RECOVERY_CODES_MADE: "Recovery codes made",
    Action.PLAN_CHANGED: "Plan changed",
    Action.CAP_CHANGED: "Monthly cap changed",
    Action.OPERATOR_MADE: "Made an operator",
    Action.OPERATOR_ENDED: "No longer an operator",
    Action.ACCOUNT_VIEWED: "Account looked at",
    Action.SIGNED_IN: "Signed in",
    Action.SIGN_IN_FAILED: "Sign-in refused: wrong password",
    Action.CODE_REFUSED: "Sign-in refused: wrong code",
    Action.OTHERS_SIGNED_OUT: "Another browser signed out",
    Action.SIGNED_OUT: "Signed out",
    Action.SIGNED_OUT_EVERYWHERE: "Signed out everywhere",
    Action.KEY_CREATED: "API key made",
    Action.KEY_REVOKED: "API key revoked",
    Action.EXPORTED: "Transcript exported",
    Action.TRASHED: "Transcription put into the trash",
    Action.RESTORED: "Transcription restored",
    Action.DELETED: "Transcription deleted",
    Action.MEDIA_DELETED: "Recording deleted",
    Action.CANCELED: "Transcription canceled",
    Action.RETRIED: "Transcription retried",
    Action.TRASH_EMPTIED: "Trash emptied",
    Action.SHARE_CREATED: "Share link made",
    Action.SHARE_CHANGED: "Share link changed",
    Action.SHARE_REVOKED: "Share link revoked",
    Action.SHARE_RESTORED: "Share link brought back",
    Action.ENDPOINT_CREATED: "Webhook endpoint made",
    Action.ENDPOINT_CHANGED: "Webhook endpoint changed",
    Action.ENDPOINT_DELETED: "Webhook endpoint deleted",
    Action.ENDPOINT_SECRET_ROTATED: "Webhook secret rotated",
    Action.WALLET_ADJUSTED: "Wallet adjusted",
}
ACTORS = {
    Actor.OWNER: "on these pages",
    Actor.API_KEY: "with an API key",
    Actor.OPERATOR: "by an operator",
    Actor.COMMAND: "by an operator's command",
    Actor.VISITOR: "by somebody not signed in",
    Actor.SERVICE: "by the service",
}


def act(activity: Activity) -> str:
    """What was done: "API key made"."""
    return ACTS[activity.action]


def acted(activity: Activity) -> str:
    """Who did it: "with an API key"."""
    return ACTORS[activity.actor]
