"""Tags: words that people put on transcriptions to find them by, unique on each whatever their case."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from errors import Invalid
from handlers.listing import values_of
from models import Account, Tag, Transcription

MOST_TAGS = 20
FULL = f"A transcription takes up to {MOST_TAGS} tags."


def key_of(name: str) -> str:
    """What tags are compared by: letters that differ only in their case, or in how they are composed, are the same."""
    return unicodedata.normalize("NFC", name.casefold())


def by_key(names: Iterable[str]) -> dict[str, str]:
    """The names, each once, as it was written first."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(key_of(name), name)
    return found


def load_tags(session: Session, transcription: Transcription) -> None:
    """Have the tags of one that came with its contents, where they are shown; few who ask for contents do."""
    session.refresh(transcription, ["tags"])


def set_tags(session: Session, transcription: Transcription, names: Collection[str]) -> None:
    """These in place of all there were. Raises Invalid where they are too many."""
    wanted = by_key(names)
    if len(wanted) > MOST_TAGS:
        raise Invalid(FULL, param="tags")
    session.execute(
        delete(Tag).where(Tag.transcription_id == transcription.id).execution_options(synchronize_session=False)
    )
    _insert(session, [transcription], wanted)


def change_tags(
    session: Session, transcriptions: Sequence[Transcription], *, add: Collection[str], remove: Collection[str]
) -> list[Transcription]:
    """Put tags on locked transcriptions and take others off, in three statements however many there are; those that
    would have too many are left as they are, and come back."""
    added, removed = by_key(add), by_key(remove)
    before: dict[int, set[str]] = {transcription.id: set() for transcription in transcriptions}
    for transcription_id, key in session.execute(
        select(Tag.transcription_id, Tag.key).where(Tag.transcription_id.in_(before))
    ):
        before[transcription_id].add(key)
    full = [each for each in transcriptions if len(before[each.id] - set(removed) | set(added)) > MOST_TAGS]
    changed = [each for each in transcriptions if each not in full]
    if removed:
        session.execute(
            delete(Tag)
            .where(Tag.transcription_id.in_([each.id for each in changed]), Tag.key.in_(removed))
            .execution_options(synchronize_session=False)
        )
    _insert(session, changed, added)
    return full


def tags_in_use(session: Session, account: Account) -> list[str]:
    """The account's tags, each once, in alphabetical order; written as on one of those that have it."""
    keys = values_of(Tag.key, Tag.account_id == account.id)
    name = select(Tag.name).where(Tag.account_id == account.id, Tag.key == keys.c.value).limit(1).scalar_subquery()
    return list(session.scalars(select(name).where(keys.c.value.is_not(None)).order_by(keys.c.value)))


def _insert(session: Session, transcriptions: Sequence[Transcription], names: Mapping[str, str]) -> None:
    rows = [
        {"transcription_id": each.id, "account_id": each.account_id, "key": key, "name": name}
        for each in transcriptions
        for key, name in names.items()
    ]
    if rows:
        session.execute(insert(Tag).on_conflict_do_nothing(), rows)
    for transcription in transcriptions:
        session.expire(transcription, ["tags"])
