"""The trash on the pages: put there with one click, undone with another, gone for good with a third."""

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from handlers.trash import trash_transcription
from models import Account, Transcription
from tests.factories import make_completed, make_media


def trashed(session: Session, account: Account, title: str = "Interview") -> str:
    transcription = make_completed(session, account, title=title)
    trash_transcription(session, account, transcription.public_id)
    session.commit()
    return transcription.public_id


def test_what_is_put_there_can_be_had_back_at_once(browser: FlaskClient, session: Session, alice: Account) -> None:
    public_id = make_completed(session, alice, title="Interview").public_id
    session.commit()

    page = browser.post(f"/transcriptions/{public_id}/trash", follow_redirects=True)
    assert f'name="transcription_ids" value="{public_id}"' in page.text
    assert f'id="row-{public_id}"' not in page.text

    back = browser.post(f"/transcriptions/{public_id}/restore", follow_redirects=True)
    assert back.request.path == f"/transcriptions/{public_id}"
    assert f'id="row-{public_id}"' in browser.get("/transcriptions").text


def test_the_trash_lists_what_is_in_it(browser: FlaskClient, session: Session, alice: Account) -> None:
    assert "The trash is empty" in browser.get("/trash").text
    public_id = trashed(session, alice, "<Interview>")

    page = browser.get("/trash").text

    assert f'id="trashed-{public_id}"' in page
    assert "&lt;Interview&gt;" in page


def test_an_old_link_says_where_it_is(browser: FlaskClient, session: Session, alice: Account) -> None:
    public_id = trashed(session, alice)

    page = browser.get(f"/transcriptions/{public_id}")

    assert page.status_code == 200
    assert "This is in the trash" in page.text


def test_what_is_deleted_for_good_is_gone(browser: FlaskClient, session: Session, alice: Account) -> None:
    public_id = trashed(session, alice)

    assert browser.post(f"/transcriptions/{public_id}/delete").headers["Location"] == "/trash"

    assert session.scalars(select(Transcription)).all() == []


def test_the_trash_can_be_emptied(browser: FlaskClient, session: Session, alice: Account) -> None:
    trashed(session, alice)

    assert "The trash is empty" in browser.post("/trash/empty", follow_redirects=True).text


def test_a_recording_is_deleted_and_its_text_stays(browser: FlaskClient, session: Session, alice: Account) -> None:
    public_id = make_completed(session, alice, media_id=make_media(session, alice).id).public_id
    session.commit()
    assert "Delete the recording…" in browser.get(f"/transcriptions/{public_id}").text

    page = browser.post(f"/transcriptions/{public_id}/media/delete", follow_redirects=True).text

    assert "not kept" in page
    assert "greetings" in page
    assert "<audio" not in page


def test_the_account_says_how_long_recordings_are_kept(browser: FlaskClient, session: Session, alice: Account) -> None:
    for chosen, hours in (("after_success", 0), ("168", 168), ("keep", None)):
        browser.post("/settings/account/recordings", data={"media": chosen})
        session.expire_all()
        assert session.get_one(Account, alice.id).media_kept_hours == hours
        assert f'<option value="{chosen}" selected>' in browser.get("/settings/account").text


def test_another_retention_is_refused_beside_its_field(browser: FlaskClient) -> None:
    answer = browser.post("/settings/account/recordings", data={"media": "for ever"})

    assert answer.status_code == 422
    assert 'aria-describedby="field-media-error"' in answer.text
