"""What there is to begin with: a local account, a key, and a short recording on its way through the real pipeline."""

import secrets
import shutil
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from handlers.accounts import create_account
from handlers.api_keys import create_api_key
from handlers.pipelines import choose_pipeline
from handlers.transcriptions import Details, Options, transcribe_media
from handlers.wallets import check_funds
from models import Account, Media, Transcription
from public_ids import new_id
from runtime import config, store, tariff

SAMPLE = Path(__file__).parent.parent / "assets" / "jfk.flac"
SAMPLE_SECONDS = 11.0
SAMPLE_TITLE = "Ask not what your country can do for you"
LOCAL_EMAIL = "you@localhost"
LOCAL_CREDIT_MICROUSD = 10_000_000


@dataclass(frozen=True, slots=True)
class FirstAccount:
    email: str
    password: str
    api_key: str


def first_account(session: Session) -> FirstAccount | None:
    """The account of a new installation with its secrets, or None when there are accounts already."""
    if session.scalar(select(func.count()).select_from(Account)):
        return None
    password = secrets.token_urlsafe(12)
    account = create_account(
        session, email=LOCAL_EMAIL, password=password, email_confirmed=True, top_up_microusd=LOCAL_CREDIT_MICROUSD
    )
    _, api_key = create_api_key(session, account, name="First key")
    add_sample(session, account)
    return FirstAccount(account.email, password, api_key)


def add_sample(session: Session, account: Account) -> Transcription:
    """Have the sample recording transcribed for the account, like any other. Raises what `check_funds` raises."""
    pipeline = choose_pipeline(account, None)
    # Before the file is stored, since nothing would take it back.
    check_funds(session, account, tariff().price_per_minute(pipeline.code, account.plan))
    config().scratch_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    copy = config().scratch_dir / f"sample.{secrets.token_hex(4)}"
    shutil.copyfile(SAMPLE, copy)
    media = Media(
        account_id=account.id,
        object_key=f"media/{new_id('sample')}",
        size_bytes=copy.stat().st_size,
        sha256=sha256(copy.read_bytes()).hexdigest(),
        filename=SAMPLE.name,
    )
    store().put_file(media.object_key, copy)
    session.add(media)
    session.flush()
    return transcribe_media(session, account, media=media, options=Options(), details=Details(title=SAMPLE_TITLE))
