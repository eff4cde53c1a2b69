"""Transcripts from before they could be edited: migration 0007 lets one statement move all their numbers."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

import migrations
from tests.scratch_database import scratch_database

HISTORY = [
    """INSERT INTO accounts (id, public_id, email, email_confirmed, plan)
       VALUES (1, 'acct_1', 'a@example.com', true, 'free')""",
    """INSERT INTO transcriptions (id, public_id, account_id, source, pipeline_code, language_requested, diarize,
           vocabulary, title, title_given, metadata, speaker_names, status, stage, progress, warnings, crashes, tries,
           price_per_minute_microusd, completed_at)
       VALUES (1, 'tr_1', 1, 'upload', 'whisper-base', 'auto', true, '[]', 'Talk', false, '{}', '{}', 'completed',
           'understanding', 1, '[]', 0, 0, 0, now())""",
    """INSERT INTO segments (transcription_id, number, start, "end", text)
       SELECT 1, number, number, number + 1, 'Said.' FROM generate_series(0, 999) number""",
]
MOVE = "UPDATE segments SET number = number + 1"


@pytest.fixture
def scratch(app: Flask) -> Iterator[Engine]:
    """A database of its own at migration 0005, with a transcript of a thousand segments."""
    with scratch_database("before_revisions", "0005") as engine:
        with engine.begin() as connection:
            for statement in HISTORY:
                connection.execute(text(statement))
        yield engine


def test_one_statement_moves_the_numbers_of_old_transcripts(scratch: Engine) -> None:
    with pytest.raises(IntegrityError), scratch.begin() as connection:
        connection.execute(text(MOVE))
    migrations.upgrade(scratch, "0007")
    with scratch.begin() as connection:
        connection.execute(text(MOVE))
        assert connection.scalar(text("SELECT max(number) FROM segments")) == 1000
        assert connection.scalar(text("SELECT revision FROM transcriptions")) == 0


def test_two_segments_still_cannot_have_one_number(scratch: Engine) -> None:
    migrations.upgrade(scratch, "0007")
    with pytest.raises(IntegrityError), scratch.begin() as connection:
        connection.execute(text("UPDATE segments SET number = 7 WHERE number = 8"))
