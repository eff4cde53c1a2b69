"""Share links: how their addresses are kept, who may change them, and when they work."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import runtime
from errors import Invalid, NotFound, NotReady, RateLimited, TooManyShares
from handlers import shared, shares
from handlers.sign_in import refuse_if_guessing
from handlers.transcriptions import delete_transcription
from handlers.trash import restore_transcription, trash_transcription
from models import Account, Share, SharePart
from tests.factories import make_completed, make_transcription

PASSWORD = "open sesame, please"
HOME = "192.0.2.1"


def make_share(session: Session, account: Account, **terms: object) -> Share:
    return shares.create_share(session, account, make_completed(session, account).public_id, **terms)  # type: ignore[arg-type]


def secret_of(share: Share) -> str:
    address = shares.address(share)
    assert address is not None
    return address.rpartition("/")[2]


def is_open(session: Session, share: Share) -> bool:
    try:
        return shared.shared(session, secret_of(share)).id == share.id
    except NotFound:
        return False


def test_an_address_leads_to_its_own_transcription_alone(session: Session, alice: Account) -> None:
    one, other = make_share(session, alice), make_share(session, alice)

    assert secret_of(one) != secret_of(other)
    assert shared.shared(session, secret_of(one)).transcription_id == one.transcription_id


def test_P39_the_secret_is_in_no_column(session: Session, alice: Account) -> None:
    share = make_share(session, alice)

    row = session.execute(select(Share.__table__)).one()

    assert len(secret_of(share)) * 5 >= 128
    assert secret_of(share) not in repr([bytes(value) if isinstance(value, memoryview) else value for value in row])
    assert share.secret_sha256 == shares.hash_of(secret_of(share))


def test_with_another_key_links_work_and_their_addresses_are_not_made_up(
    session: Session, alice: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = make_share(session, alice)
    secret = secret_of(share)

    monkeypatch.setattr(runtime, "_config", replace(runtime.config(), secret_key="another"))

    assert shares.address(share) is None
    assert shared.shared(session, secret).id == share.id


@pytest.mark.parametrize("secret", ["", "x", "\x00" * 32, "A" * 32, "a" * 31, "ä" * 32, "a" * 32, "../" * 11])
def test_what_is_no_secret_of_ours_is_not_found(session: Session, secret: str) -> None:
    with pytest.raises(NotFound):
        shared.shared(session, secret)


def test_it_ends_when_it_expires_and_can_be_put_off(session: Session, alice: Account) -> None:
    share = make_share(session, alice, expires_at=datetime.now(UTC) + timedelta(hours=1))
    assert is_open(session, share)
    share.expires_at = func.now() - timedelta(seconds=1)
    session.flush()
    assert not is_open(session, share)

    shares.update_share(session, alice, share.public_id, expires_at=None)

    assert is_open(session, share)


def test_it_ends_when_it_is_revoked_until_that_is_taken_back(session: Session, alice: Account) -> None:
    share = make_share(session, alice)

    shares.revoke_share(session, alice, share.public_id)
    assert not is_open(session, share)
    assert shares.list_shares(session, alice, share.transcription.public_id, limit=9, cursor=None).rows == []
    with pytest.raises(NotFound):
        shares.get_share(session, alice, share.public_id)

    shares.bring_back_share(session, alice, share.public_id)
    assert is_open(session, share)


def test_it_rests_while_its_transcription_is_in_the_trash(session: Session, alice: Account) -> None:
    share = make_share(session, alice)
    public_id = share.transcription.public_id

    trash_transcription(session, alice, public_id)
    assert not is_open(session, share)

    restore_transcription(session, alice, public_id)
    assert is_open(session, share)


def test_it_goes_with_its_transcription(session: Session, alice: Account) -> None:
    share = make_share(session, alice)

    delete_transcription(session, alice, share.transcription.public_id)
    session.expire_all()

    assert session.scalars(select(Share)).all() == []


def test_P41_a_stranger_finds_no_link_of_another(session: Session, alice: Account, charlie: Account) -> None:
    share = make_share(session, alice)
    transcription_id, share_id = share.transcription.public_id, share.public_id

    for act in (
        lambda: shares.create_share(session, charlie, transcription_id),
        lambda: shares.list_shares(session, charlie, transcription_id, limit=9, cursor=None),
        lambda: shares.get_share(session, charlie, share_id),
        lambda: shares.update_share(session, charlie, share_id, parts=[]),
        lambda: shares.revoke_share(session, charlie, share_id),
        lambda: shares.bring_back_share(session, charlie, share_id),
    ):
        with pytest.raises(NotFound):
            act()
    assert is_open(session, share)


def test_what_is_not_completed_is_not_shared(session: Session, alice: Account) -> None:
    processing = make_transcription(session, alice)

    with pytest.raises(NotReady):
        shares.create_share(session, alice, processing.public_id)


def test_there_are_no_more_than_fifty(session: Session, alice: Account) -> None:
    public_id = make_completed(session, alice).public_id
    made = [shares.create_share(session, alice, public_id) for _ in range(shares.MOST_SHARES)]

    with pytest.raises(TooManyShares):
        shares.create_share(session, alice, public_id)

    shares.revoke_share(session, alice, made[0].public_id)
    shares.create_share(session, alice, public_id)
    with pytest.raises(TooManyShares):
        shares.bring_back_share(session, alice, made[0].public_id)


@pytest.mark.parametrize("away", [timedelta(seconds=-1), timedelta(days=4000), timedelta(days=2_900_000)])
def test_an_end_is_to_come_and_within_ten_years(session: Session, alice: Account, away: timedelta) -> None:
    with pytest.raises(Invalid) as refused:
        make_share(session, alice, expires_at=datetime.now(UTC) + away)

    assert refused.value.param == "expires_at"


@pytest.mark.parametrize("password", ["short", "password1", "x" * 129])
def test_P43_a_weak_password_is_refused_as_for_an_account(session: Session, alice: Account, password: str) -> None:
    with pytest.raises(Invalid) as refused:
        make_share(session, alice, password=password)

    assert refused.value.param == "password"


def test_P43_a_password_is_kept_as_argon2id(session: Session, alice: Account) -> None:
    share = make_share(session, alice, password=PASSWORD)

    assert (share.password_hash or "").startswith("$argon2id$")
    assert shared.is_share_password(session, share, PASSWORD, address=HOME)
    assert not shared.is_share_password(session, share, PASSWORD + "!", address=HOME)


def test_P44_guessing_is_slowed_down_for_one_link_and_no_other(session: Session, alice: Account) -> None:
    share, other = (make_share(session, alice, password=PASSWORD) for _ in range(2))
    for guess in range(shared.FAILURES_PER_SHARE):
        assert not shared.is_share_password(session, share, f"guess {guess}", address=HOME)

    with pytest.raises(RateLimited):
        shared.is_share_password(session, share, PASSWORD, address="198.51.100.7")

    assert shared.is_share_password(session, other, PASSWORD, address=HOME)


def test_P44_guesses_of_links_and_of_accounts_count_together_for_an_address(session: Session, alice: Account) -> None:
    for _ in range(5):
        share = make_share(session, alice, password=PASSWORD)
        for guess in range(4):
            shared.is_share_password(session, share, f"guess {guess}", address=HOME)

    with pytest.raises(RateLimited):
        refuse_if_guessing(session, email=alice.email, address=HOME)
    refuse_if_guessing(session, email=alice.email, address="198.51.100.7")


def test_the_right_password_starts_the_count_anew(session: Session, alice: Account) -> None:
    share = make_share(session, alice, password=PASSWORD)
    for _ in range(2):
        for guess in range(shared.FAILURES_PER_SHARE - 1):
            assert not shared.is_share_password(session, share, f"guess {guess}", address=HOME)
        assert shared.is_share_password(session, share, PASSWORD, address=HOME)


def test_openings_are_counted_in_the_row(session: Session, alice: Account) -> None:
    share = make_share(session, alice)

    for _ in range(3):
        shared.note_opening(session, share)

    session.refresh(share)
    assert share.openings == 3
    assert share.last_opened_at is not None


def test_speakers_are_numbered_where_their_names_are_not_shared(session: Session, alice: Account) -> None:
    share = make_share(session, alice, parts=[SharePart.EXPORTS])
    share.transcription.speaker_names = {"S1": "Ada"}
    session.flush()
    session.expire_all()
    found = shared.shared(session, secret_of(share), with_contents=True)

    assert [speaker.name for speaker in shared.shown_speakers(session, found)] == ["Speaker 1", "Speaker 2"]
    document = shared.shared_exportable(session, found, "txt").document
    assert [segment.speaker for segment in document.segments] == ["Speaker 1", "Speaker 2"]
    assert (document.summary, document.chapters, document.topics, document.points) == ("", (), (), ())


def test_the_files_offered_are_those_of_what_is_shown(session: Session, alice: Account) -> None:
    without = make_share(session, alice, parts=[SharePart.EXPORTS])
    with_chapters = make_share(session, alice, parts=[SharePart.EXPORTS, SharePart.CHAPTERS])

    assert shared.offered_formats(make_share(session, alice)) == []
    assert "json" not in shared.offered_formats(with_chapters)
    assert set(shared.offered_formats(with_chapters)) - set(shared.offered_formats(without)) == {
        "chapters_youtube",
        "chapters_podcast",
    }
