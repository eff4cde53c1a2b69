"""Sending a recording to the store: what the API and the dashboard's script ask for alike, answered alike."""

from flask import Response
from sqlalchemy.orm import Session

from blueprints.api_v1.presenters import list_json, upload_json, upload_part_json
from blueprints.api_v1.replies import reply
from blueprints.inputs import NewUpload, WantedParts
from db import transaction
from handlers import uploads
from models import Account


def create(session: Session, account: Account, wanted: NewUpload) -> Response:
    upload = uploads.create_upload(session, account, **wanted.model_dump())
    expires_at = uploads.sendable_until(session, upload)
    return reply(upload_json(upload, uploads.awaited(upload), expires_at=expires_at), 201)


def show(account: Account, upload_id: str) -> Response:
    with transaction() as session:
        upload = uploads.get_upload(session, account, upload_id)
        expires_at = uploads.sendable_until(session, upload)
    return reply(upload_json(upload, uploads.arrival(upload), expires_at=expires_at))


def parts(session: Session, account: Account, upload_id: str, wanted: WantedParts) -> Response:
    upload = uploads.get_upload(session, account, upload_id)
    tickets = uploads.part_tickets(session, upload, wanted.part_numbers, wanted.md5)
    return reply(list_json([upload_part_json(ticket) for ticket in tickets]))


def put_together(account: Account, upload_id: str) -> None:
    """Complete an upload, in no transaction: the store may take its time."""
    with transaction() as session:
        upload = uploads.get_upload(session, account, upload_id)
    uploads.put_together(upload)


def completed(session: Session, account: Account, upload_id: str) -> Response:
    upload = uploads.get_upload(session, account, upload_id)
    expires_at = uploads.sendable_until(session, upload)
    return reply(upload_json(upload, uploads.completed(upload), expires_at=expires_at))
