"""Share links as JSON."""

from flask import Blueprint, Response, g
from sqlalchemy.orm import Session

from blueprints.api_v1.presenters import list_json
from blueprints.api_v1.replies import in_transaction, no_content, reply
from blueprints.api_v1.share_presenters import share_json
from blueprints.inputs import PageQuery, read_json, read_query
from blueprints.share_inputs import NewShare, ShareChanges
from handlers import shares

blueprint = Blueprint("shares", __name__)


@blueprint.post("/transcriptions/<public_id:transcription_id>/shares")
@in_transaction
def create(session: Session, transcription_id: str) -> Response:
    wanted = read_json(NewShare)
    share = shares.create_share(
        session,
        g.account,
        transcription_id,
        parts=wanted.parts,
        expires_at=wanted.expires_at,
        password=wanted.password,
    )
    return reply(share_json(share), 201)


@blueprint.get("/transcriptions/<public_id:transcription_id>/shares")
@in_transaction
def index(session: Session, transcription_id: str) -> Response:
    query = read_query(PageQuery)
    page = shares.list_shares(session, g.account, transcription_id, limit=query.limit, cursor=query.cursor)
    return reply(list_json([share_json(row) for row in page.rows], page.next_cursor))


@blueprint.get("/shares/<public_id:share_id>")
@in_transaction
def show(session: Session, share_id: str) -> Response:
    return reply(share_json(shares.get_share(session, g.account, share_id)))


@blueprint.patch("/shares/<public_id:share_id>")
@in_transaction
def change(session: Session, share_id: str) -> Response:
    changes = read_json(ShareChanges)
    share = shares.update_share(
        session,
        g.account,
        share_id,
        parts=changes.parts,
        expires_at=changes.changed("expires_at"),
        password=changes.changed("password"),
    )
    return reply(share_json(share))


@blueprint.delete("/shares/<public_id:share_id>")
@in_transaction
def delete(session: Session, share_id: str) -> Response:
    shares.revoke_share(session, g.account, share_id)
    return no_content()
