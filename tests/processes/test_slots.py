"""How many workers there are, by default and as WORKERS says."""

from pathlib import Path

import pytest

from config import ConfigError, from_env
from processes import service
from processes.addresses import CannotStart
from processes.slots import counts, needs_the_engine, queue_of, slots

USUAL = {"fetch": 4, "transcribe": 1, "understand": 1, "deliver": 1, "provide": 0, "poll": 0, "billing": 0}


def test_a_queue_without_a_key_has_no_worker_of_itself() -> None:
    assert counts({}) == USUAL
    assert counts({"MISTRAL_API_KEY": "set", "STRIPE_SECRET_KEY": "set"}) == {**USUAL, "provide": 4, "billing": 1}


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("fetch=2", {"fetch": 2}),
        (" fetch = 0 , provide=8,", {"fetch": 0, "provide": 8}),
        ("", {}),
    ],
)
def test_a_queue_that_is_named_has_as_many_as_it_says(text: str, changed: dict[str, int]) -> None:
    assert counts({"WORKERS": text}) == {**USUAL, **changed}


@pytest.mark.parametrize(
    ("settings", "is_needed"),
    [
        ({}, True),
        ({"WORKERS": "transcribe=0"}, False),
        ({"WORKERS": "transcribe=0", "OPENAI_API_KEY": "set"}, True),
        ({"WORKERS": "transcribe=0,poll=2"}, True),
        ({"WORKERS": "transcribe=0,provide=0,fetch=12", "OPENAI_API_KEY": "set"}, False),
    ],
)
def test_the_engine_runs_where_a_worker_asks_it(settings: dict[str, str], is_needed: bool) -> None:
    assert needs_the_engine(settings) is is_needed


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fetch=two", "such as fetch=2,provide=8, not 'fetch=two'"),
        ("fetch", "not 'fetch'"),
        ("fetch=-1", "not 'fetch=-1'"),
        ("fetsch=2", "WORKERS names 'fetsch', which is no queue. There are billing, deliver, fetch, "),
        ("fetch=1,fetch=2", "WORKERS names 'fetch' twice"),
    ],
)
def test_what_is_wrong_with_it_is_said_by_the_launcher_and_by_every_program(
    text: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(CannotStart) as refused:
        service.workers({"WORKERS": text}, stop_seconds=1)
    assert said in str(refused.value)
    with pytest.raises(ConfigError) as refused_too:
        from_env({"WORKERS": text, "DATA_DIR": str(tmp_path)})
    assert str(refused_too.value) == str(refused.value)


def test_slots_are_named_by_queue_and_number() -> None:
    named = slots({"WORKERS": "fetch=2,understand=0"})
    assert named == ["fetch-1", "fetch-2", "transcribe-1", "deliver-1"]
    assert [queue_of(slot) for slot in named] == ["fetch", "fetch", "transcribe", "deliver"]


@pytest.mark.parametrize("text", ["fetch", "fetch-", "fetch-one", "1"])
def test_what_is_no_slot_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no slot"):
        queue_of(text)


def test_one_program_has_all_workers_of_a_machine_and_ends_them_in_its_time() -> None:
    (program,) = service.workers({"WORKERS": "fetch=1"}, stop_seconds=12)
    assert program.argv[-6:] == ("--patience", "11", "fetch-1", "transcribe-1", "understand-1", "deliver-1")
    assert program.stop_signals[0][1] == 12


def test_where_there_are_to_be_no_workers_nothing_is_started() -> None:
    none = ",".join(f"{queue}=0" for queue in USUAL)
    assert service.workers({"WORKERS": none}, stop_seconds=12) == []
