"""The operators' commands."""

import json
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

import runtime
from handlers import accounts, api_keys, sign_in
from models import Account
from tests.factories import PASSWORD, make_transcription

BOB = "bob@example.com"


@pytest.fixture
def flask(app: Flask, session: Session) -> "Flask":
    return app


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=list(arguments))


def answer(app: Flask, *arguments: str) -> Any:
    result = run(app, *arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_an_account_is_made(flask: Flask, session: Session) -> None:
    made = answer(
        flask, "account", "create", "Bob@Example.com", "--password", PASSWORD, "--credit", "10.00", "--plan", "pro"
    )

    account = accounts.account_by_email(session, BOB)
    assert made == {
        "id": account.public_id,
        "email": BOB,
        "plan": "pro",
        "top_up_usd": "10.000000",
        "monthly_credit_usd": "0.000000",
        "held_usd": "0.000000",
        "available_usd": "10.000000",
        "owed_usd": "0.000000",
    }
    assert accounts.is_password(account, PASSWORD)


def test_a_password_is_made_up_and_told_when_none_is_given(flask: Flask, session: Session) -> None:
    made = answer(flask, "account", "create", BOB, "--monthly-credit", "0.25")

    assert sign_in.sign_in(session, email=BOB, password=made["password"]) is not None
    assert made["monthly_credit_usd"] == "0.250000"


def test_without_json_it_prints_lines(flask: Flask) -> None:
    result = run(flask, "account", "create", BOB, "--password", PASSWORD)

    assert result.exit_code == 0
    assert f"email: {BOB}" in result.stdout.splitlines()


@pytest.mark.usefixtures("alice")
def test_a_second_account_of_one_address_is_refused(flask: Flask, session: Session) -> None:
    result = run(flask, "account", "create", "ALICE@example.com", "--json")

    assert result.exit_code == 1
    assert result.stdout == ""
    assert "cannot be used" in result.stderr
    assert session.scalar(select(func.count()).select_from(Account)) == 1


@pytest.mark.parametrize(
    "options",
    [
        ["--password", "short"],
        ["--password", "password1"],
        ["--credit", "ten"],
        ["--credit", "-5"],
        ["--credit", "0.0000001"],
        ["--monthly-credit", "NaN"],
        ["--credit", "1e30"],
        ["--plan", "gold"],
    ],
)
def test_a_wrong_option_is_refused_in_a_sentence(flask: Flask, session: Session, options: list[str]) -> None:
    result = run(flask, "account", "create", BOB, *options)

    assert result.exit_code in (1, 2)
    assert "Error: " in result.stderr
    assert "address" not in result.stderr
    assert "Traceback" not in result.stderr
    assert session.scalar(select(func.count()).select_from(Account)) == 0


def test_a_key_is_made_and_works(flask: Flask, session: Session, alice: Account) -> None:
    made = answer(flask, "api-key", "create", "Alice@example.com", "Zapier")

    key = api_keys.authenticate(session, made["key"])
    assert (made["id"], made["name"], made["last_four"]) == (key.public_id, "Zapier", made["key"][-4:])
    assert key.account.id == alice.id


def test_a_key_is_revoked_by_its_id(flask: Flask, session: Session, alice: Account) -> None:
    key, _ = api_keys.create_api_key(session, alice, name="Zapier")
    session.commit()

    assert answer(flask, "api-key", "revoke", key.public_id) == {"id": key.public_id, "name": "Zapier", "revoked": True}

    assert api_keys.active_api_keys(session, alice) == []


@pytest.mark.usefixtures("alice")
@pytest.mark.parametrize(
    "arguments",
    [
        ["api-key", "create", "nobody@example.com", "Zapier"],
        ["api-key", "create", "alice@example.com", "x" * 101],
        ["api-key", "create", "alice@example.com", ""],
        ["api-key", "revoke", "key_0"],
        ["account", "delete", "nobody@example.com", "--yes"],
        ["account", "set-password", "nobody@example.com"],
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(flask: Flask, arguments: list[str]) -> None:
    result = run(flask, *arguments, "--json")

    assert result.exit_code in (1, 2)
    assert isinstance(result.exception, SystemExit)
    assert "Error: " in result.stderr


def test_a_forgotten_password_is_replaced(flask: Flask, session: Session, alice: Account) -> None:
    token = sign_in.start_session(session, alice)
    session.commit()

    made = answer(flask, "account", "set-password", "alice@example.com")

    session.expire_all()
    assert accounts.is_password(alice, made["password"])
    assert sign_in.find_session(session, token) is None


def test_an_account_is_deleted_with_what_it_has(flask: Flask, session: Session, alice: Account) -> None:
    make_transcription(session, alice)
    session.commit()

    assert answer(flask, "account", "delete", "alice@example.com", "--yes")["deleted"] is True

    assert session.scalar(select(func.count()).select_from(Account)) == 0


def test_nothing_is_deleted_without_a_yes(flask: Flask, session: Session, alice: Account) -> None:
    assert run(flask, "account", "delete", "alice@example.com").exit_code == 1

    assert session.scalar(select(func.count()).select_from(Account)) == 1


def test_pipelines_are_listed_with_their_prices(flask: Flask) -> None:
    listed = answer(flask, "pipelines")

    assert listed[0] == {
        "code": "whisper-base",
        "name": "Whisper base",
        "provider": "local",
        "available": True,
        "price_per_minute_usd": "0.005000",
    }


def test_migrating_twice_changes_nothing(flask: Flask) -> None:
    assert [answer(flask, "migrate") for _ in range(2)] == [{"migrated": True}] * 2


def test_the_first_start_makes_an_account_once(flask: Flask, session: Session) -> None:
    first, second = run(flask, "first-start"), run(flask, "first-start")

    account = session.scalars(select(Account)).one()
    assert account.email in first.stdout
    key = first.stdout.partition("API key")[2].split()[0]
    assert api_keys.authenticate(session, key).account.id == account.id
    assert (second.exit_code, second.stdout) == (0, "")


def test_an_operator_grants_credit_and_takes_it_out_again(flask: Flask) -> None:
    run(flask, "account", "create", BOB, "--password", PASSWORD)

    granted = answer(flask, "wallet", "credit", BOB, "2.50", "--reason", "Paid in cash")
    debited = answer(flask, "wallet", "debit", BOB, "0.000001", "--reason", "A mistake")

    assert (granted["top_up_usd"], debited["top_up_usd"]) == ("2.500000", "2.499999")
    assert {"plan": "free", **debited} == {**answer(flask, "wallet", "show", BOB), "reason": "A mistake"}


@pytest.mark.parametrize(
    ("command", "amount", "complaint"),
    [("credit", "0", "from 0.000001 to"), ("credit", "1000000.01", "to 1000000.00"), ("debit", "1", "less than that")],
)
def test_an_amount_that_moves_nothing_or_too_much_is_refused(
    flask: Flask, command: str, amount: str, complaint: str
) -> None:
    run(flask, "account", "create", BOB, "--password", PASSWORD)

    result = run(flask, "wallet", command, BOB, amount, "--reason", "A test", "--json")

    assert result.exit_code != 0
    assert complaint in result.output
    assert answer(flask, "wallet", "show", BOB)["top_up_usd"] == "0.000000"


def test_the_local_store_needs_no_preparing(flask: Flask) -> None:
    made = answer(flask, "storage", "prepare")
    assert (made["bucket"], made["cors"], made["lifecycle"]) == ("none", "not needed", "not needed")


def test_a_bucket_that_cannot_be_prepared_is_a_failure(flask: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime.store(), "prepare", lambda origin: {"cors": "refused: AccessDenied"}, raising=False)
    result = run(flask, "storage", "prepare")
    assert (result.exit_code, "cors: refused: AccessDenied" in result.output) == (1, True)
