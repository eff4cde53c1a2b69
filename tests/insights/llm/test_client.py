"""A chat endpoint asked with care, against a stand-in that is strict about what it is asked."""

import json
import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from typing import Any, Literal

import pytest
from pydantic import BaseModel, Field

from insights.llm.answers import events, object_so_far
from insights.llm.client import Llm
from insights.llm.faults import (
    ContextTooLong,
    EmptyAnswer,
    LlmFailed,
    LlmMisconfigured,
    LlmTimedOut,
    LlmUnavailable,
    ModelDeclined,
    OffSchema,
    RequestRefused,
    Truncated,
)
from insights.llm.requests import most_tokens
from outbound import attended, retries
from tests.insights.llm_standin import (
    API_KEY,
    MODEL,
    NO_MAX_TOKENS,
    NO_QUOTA,
    OVERLOAD,
    RATE_LIMIT,
    ChatStandin,
    Json,
    Say,
    error,
)


class Point(BaseModel):
    text: str = Field(min_length=1)
    kind: Literal["decision"] | None = None


class Mood(StrEnum):
    CALM = "calm"
    TENSE = "tense"


class Described(BaseModel):
    mood: Mood = Field(description="How they sound")
    version: Literal[1] = 1
    others: list[Mood | int] = []


class Summary(BaseModel):
    """What a recording is about."""

    title: str = Field(max_length=40, description="A few words")
    points: list[Point] = Field(max_length=3)


PLANS = {"title": "Plans", "points": [{"text": "Ship on Thursday", "kind": "decision"}]}
TEXT = "So we ship on Thursday, says the secretive minister."


@pytest.fixture(scope="module")
def running_standin() -> Iterator[ChatStandin]:
    standin = ChatStandin()
    yield standin
    standin.close()


@pytest.fixture
def standin(running_standin: ChatStandin, monkeypatch: pytest.MonkeyPatch) -> ChatStandin:
    running_standin.reset()
    running_standin.say(PLANS)
    monkeypatch.setattr(retries, "FIRST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(attended, "TICK_SECONDS", 0.05)
    return running_standin


def llm(standin: ChatStandin, **settings: Any) -> Llm:
    return Llm(**{"base_url": standin.url, "model": MODEL, "api_key": API_KEY, "timeout_seconds": 5, **settings})


def ask(asked: Llm, **settings: Any) -> Summary:
    summary: Summary = asked.ask("Summarize.", TEXT, **{"schema": Summary, "budget_seconds": 5, **settings})
    return summary


def stream(asked: Llm, **settings: Any) -> Any:
    return asked.stream("Answer.", TEXT, **{"budget_seconds": 5, **settings})


def fails(standin: ChatStandin, kind: type[LlmFailed], **settings: Any) -> LlmFailed:
    with pytest.raises(LlmFailed) as raised:
        ask(llm(standin), **settings)
    assert type(raised.value) is kind
    return raised.value


# Answers


def test_an_answer_is_what_the_schema_says(standin: ChatStandin) -> None:
    assert ask(llm(standin)) == Summary.model_validate(PLANS)
    (asked,) = standin.asked
    assert asked["response_format"]["type"] == "json_schema"
    assert asked["messages"][0]["content"].startswith("Summarize.")
    assert asked["messages"][1] == {"role": "user", "content": TEXT}


def test_a_strict_server_takes_the_schema_of_any_model(standin: ChatStandin) -> None:
    standin.say({"mood": "calm"})
    mood = llm(standin).ask("Listen.", TEXT, schema=Described, budget_seconds=5).mood
    assert (mood, standin.requests) == (Mood.CALM, 1)


@pytest.mark.parametrize(
    "said",
    [
        f"```json\n{json.dumps(PLANS, indent=2)}\n```",
        f"Here you are:\n\n{json.dumps(PLANS)}\n\nAnything else?",
        f"<think>\nThey want {{title}}…\n</think>\n\n{json.dumps(PLANS)}",
        f"They want {{title}}.</think>{json.dumps(PLANS)}",
        Say([{"type": "thinking", "thinking": [{}]}, {"type": "text", "text": json.dumps(PLANS)}]),
        Say(json.dumps(PLANS), more={"reasoning_content": "{}", "refusal": None, "tool_calls": []}),
        b"\n\n  \n" + json.dumps({"choices": [{"message": {"content": json.dumps(PLANS)}}]}).encode(),
    ],
)
def test_the_object_is_found_in_whatever_surrounds_it(standin: ChatStandin, said: Any) -> None:
    standin.say(said)
    assert ask(llm(standin)).title == "Plans"
    assert standin.requests == 1


def test_what_a_database_cannot_hold_is_left_out(standin: ChatStandin) -> None:
    standin.say(json.dumps({**PLANS, "title": "Pl\x00ans"}))
    assert ask(llm(standin)).title == "Plans"


def test_an_answer_off_the_schema_is_asked_for_again_with_its_faults(standin: ChatStandin) -> None:
    standin.say({"title": "Plans", "points": [{"text": ""}]}, PLANS)
    assert ask(llm(standin)).title == "Plans"
    *_, answer, fault = standin.asked[1]["messages"]
    assert json.loads(answer["content"])["points"] == [{"text": ""}]
    assert "points.0.text: String should have at least 1 character" in fault["content"]


def test_an_answer_off_the_schema_is_asked_for_no_third_time(standin: ChatStandin) -> None:
    standin.say("I would rather not write JSON about the secretive minister.")
    failure = fails(standin, OffSchema)
    assert standin.requests == 2
    assert "minister" not in str(failure)


def test_an_empty_answer_is_asked_for_again(standin: ChatStandin) -> None:
    standin.say(Say(None), PLANS)
    assert ask(llm(standin)).title == "Plans"
    standin.say("  ")
    assert fails(standin, EmptyAnswer).may_pass


def test_an_answer_that_was_cut_off_is_told_apart(standin: ChatStandin) -> None:
    standin.say(Say('{"title": "Pla', "length"))
    assert not fails(standin, Truncated).may_pass
    assert standin.requests == 1


@pytest.mark.parametrize("nothing", ["", "<think>Let me see, what do they"])
def test_a_model_that_spent_its_answer_on_thoughts_gets_room_for_them(standin: ChatStandin, nothing: str) -> None:
    standin.say(Say(nothing, "length"), PLANS)
    assert ask(llm(standin), answer_tokens=500).title == "Plans"
    assert [asked["max_tokens"] for asked in standin.asked] == [500, 500 + 8192]


@pytest.mark.parametrize(
    "said",
    [Say(None, more={"refusal": "I'm sorry, I cannot help."}), Say(None, "content_filter"), Say("", "content_filter")],
)
def test_a_refusal_of_the_model_is_told_apart(standin: ChatStandin, said: Say) -> None:
    standin.say(said)
    fails(standin, ModelDeclined)
    assert standin.requests == 1


@pytest.mark.parametrize(
    "body",
    [
        error("The response was filtered due to Azure OpenAI's content management policy.", code="content_filter"),
        error("<400> InternalError.Algo.DataInspectionFailed: Input data may contain inappropriate content"),
    ],
)
def test_a_refusal_of_a_filter_is_told_apart(standin: ChatStandin, body: Json) -> None:
    standin.fail_next(400, body)
    fails(standin, ModelDeclined)
    assert standin.requests == 1


# Dialects

NO_SCHEMAS = [
    (400, error("Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.")),
    (400, error("This response_format type is unavailable now", code="invalid_request_error")),
    (400, {"error": "'response_format.type' must be 'text'"}),
    (422, {"detail": [{"type": "literal_error", "loc": ["body", "response_format", "type"], "msg": "Bad input"}]}),
    (
        400,
        {
            "object": "error",
            "message": "[{'loc': ('body', 'response_format')}]",
            "type": "BadRequestError",
            "code": 400,
        },
    ),
    (400, error("Failed to initialize samplers: failed to parse grammar", code=400)),
    (500, error("failed to parse grammar", kind="server_error", code=500)),
    (405, {"status": "failure", "message": "json_schema response format is not supported", "error": {"code": "405"}}),
]


@pytest.mark.parametrize(("status", "body"), NO_SCHEMAS)
def test_a_server_without_schemas_is_asked_for_any_object(standin: ChatStandin, status: int, body: Json) -> None:
    standin.refuse("json_schema", status, body)
    asked = llm(standin)
    assert [ask(asked).title, ask(asked).title] == ["Plans", "Plans"]
    assert [request["response_format"] for request in standin.asked] == [{"type": "json_object"}] * 2
    assert standin.requests == 3


def test_a_server_without_any_structure_is_told_the_schema_in_words(standin: ChatStandin) -> None:
    standin.refuse("response_format", *NO_SCHEMAS[3])
    standin.say("Sure! " + json.dumps(PLANS))
    assert ask(llm(standin)).title == "Plans"
    assert "response_format" not in standin.asked[0]
    assert "A few words" in standin.asked[0]["messages"][0]["content"]


def test_a_reasoning_model_is_asked_in_its_own_way(standin: ChatStandin) -> None:
    standin.refuse("max_tokens", 400, NO_MAX_TOKENS)
    asked = llm(standin)
    assert [ask(asked, answer_tokens=100).title, ask(asked).title] == ["Plans", "Plans"]
    assert standin.requests == 3
    assert standin.asked[0]["max_completion_tokens"] == 100 + 8192
    assert "temperature" not in standin.asked[0]


EXTRA = {"detail": [{"type": "extra_forbidden", "loc": ["body", "max_completion_tokens"], "msg": "Extra inputs"}]}


def test_a_server_that_takes_no_limit_gets_none(standin: ChatStandin) -> None:
    standin.refuse("max_tokens", 400, NO_MAX_TOKENS)
    standin.refuse("max_completion_tokens", 422, {"object": "error", "message": EXTRA, "code": None})
    assert ask(llm(standin)).title == "Plans"
    assert not {"max_tokens", "max_completion_tokens"} & standin.asked[0].keys()


def test_a_model_that_takes_no_temperature_gets_none(standin: ChatStandin) -> None:
    said = "Unsupported value: 'temperature' does not support 0.2 with this model."
    standin.refuse("temperature", 400, error(said, code="unsupported_value", param="temperature"))
    assert ask(llm(standin)).title == "Plans"
    assert standin.asked[0].keys() == {"model", "messages", "response_format", "max_tokens"}


def test_a_model_that_must_not_think_is_told_so(standin: ChatStandin) -> None:
    standin.fail_next(400, error("parameter.enable_thinking must be set to false for non-streaming calls"))
    assert ask(llm(standin)).title == "Plans"
    assert standin.asked[0]["enable_thinking"] is False


def test_a_server_that_takes_no_stream_options_gets_none(standin: ChatStandin) -> None:
    standin.refuse("stream_options", 422, {"detail": [{"loc": ["body", "stream_options"], "msg": "Extra inputs"}]})
    standin.say("On Thursday.")
    assert "".join(stream(llm(standin))) == "On Thursday."


def test_a_refusal_of_what_cannot_be_left_out_is_final(standin: ChatStandin) -> None:
    standin.refuse("messages", 400, error("After the optional system message, roles must alternate"))
    assert not fails(standin, RequestRefused).may_pass
    assert standin.requests == 1


# What fits

TOO_LONG = [
    (400, error("Input tokens exceed the configured limit of 272000 tokens.", code="context_length_exceeded")),
    (400, error("'max_tokens' is too large: 2048. This model's maximum context length is 4096 tokens", code=400)),
    (400, {"object": "error", "message": "This model's maximum context length is 4096 tokens.", "code": 400}),
    (400, {"object": "error", "message": "Prompt contains 40960 tokens, too large for model with 32768 maximum context "
           "length", "type": "invalid_request_prompt", "code": "3051"}),
    (400, error("<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 30720]")),
    (400, error("request (2031 tokens) exceeds the available context size (1024 tokens), try increasing it",
                kind="exceed_context_size_error", code=400)),
    (500, error("Context size has been exceeded.", kind="server_error", code=500)),
    (400, error("the prompt is longer than the context window")),
    (413, "<html>Request Entity Too Large</html>"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "body"), TOO_LONG)
def test_too_long_a_question_is_told_apart(standin: ChatStandin, status: int, body: Json | str) -> None:
    standin.fail_next(status, body)
    assert not fails(standin, ContextTooLong).may_pass
    assert standin.requests == 1


def test_what_there_is_room_for_fits(standin: ChatStandin) -> None:
    asked = llm(standin, context_tokens=4096)
    standin.context_tokens = 4096
    room = asked.room("Summarize.", schema=Summary, answer_tokens=300)
    text = "Yes, we do. " * (room // most_tokens("Yes, we do. "))
    asked.ask("Summarize.", text, schema=Summary, answer_tokens=300, budget_seconds=5)
    assert 2000 < room < 4096
    assert asked.room("Summarize.", answer_tokens=9000) == 0


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        # The most that Qwen's (two generations) and Mistral's tokenizers made of it.
        ("So what I would suggest is that we move the release to Thursday, because Maria needs two more days.", 21),
        ("Ehdottaisin, että siirrämme julkaisun torstaille, koska Maria tarvitsee vielä kaksi päivää.", 34),
        ("Я бы предложил перенести выпуск на четверг, потому что Марии нужно ещё два дня на экраны оплаты.", 30),
        ("我建议把发布推迟到星期四，因为玛丽亚的账单页面还需要两天，而且没有人想在星期五晚上上线。", 37),
        ("출시를 목요일로 미루는 것을 제안합니다. 마리아가 청구 화면에 이틀이 더 필요합니다.", 33),
        ("[12] 00:03:27 S1: Yes. [13] 00:03:29 S2: No, 14.5% of 2,300. [14] 00:03:41 S1: Okay, 17:30 then.", 76),
    ],
)  # fmt: skip
def test_tokens_are_not_underestimated(text: str, tokens: int) -> None:
    assert tokens <= most_tokens(text) <= 2.2 * tokens


# Faults

BUSY = [
    (429, RATE_LIMIT, {"Retry-After": "0.02"}),
    (429, RATE_LIMIT, {}),
    (408, "", {}),
    (500, OVERLOAD, {}),
    (502, "<html>Bad gateway</html>", {}),
    (503, error("Loading model", kind="unavailable_error", code=503), {}),
    (529, OVERLOAD, {}),
    (200, "<html>Please wait</html>", {}),
    (200, {"error": {"message": "Provider returned error", "code": 502}}, {}),
    (0, {}, {}),
]


@pytest.mark.parametrize(("status", "body", "headers"), BUSY)
def test_a_fault_that_may_pass_is_asked_again(
    standin: ChatStandin, status: int, body: Json | str, headers: dict[str, str]
) -> None:
    standin.fail_next(status, body, headers=headers, count=2)
    assert ask(llm(standin)).title == "Plans"
    assert standin.requests == 3


def test_an_answer_that_breaks_off_is_asked_for_again(standin: ChatStandin) -> None:
    standin.cut_next_body()
    assert ask(llm(standin)).title == "Plans"
    assert standin.requests == 2


def test_a_server_that_fails_while_it_answers_is_asked_again(standin: ChatStandin) -> None:
    standin.say(Say('{"ti', "error"), PLANS)
    assert ask(llm(standin)).title == "Plans"


def test_retry_after_is_waited_for(standin: ChatStandin) -> None:
    standin.fail_next(429, RATE_LIMIT, headers={"retry-after-ms": "300"})
    began = time.monotonic()
    ask(llm(standin))
    assert time.monotonic() - began >= 0.3


def test_a_fault_that_does_not_pass_is_told_in_the_end(standin: ChatStandin) -> None:
    standin.fail_next(503, count=100)
    failure = fails(standin, LlmUnavailable)
    assert failure.may_pass
    assert "The server is overloaded" in str(failure)
    assert standin.requests == retries.TRIES


def test_a_wait_beyond_the_budget_is_not_begun(standin: ChatStandin) -> None:
    standin.fail_next(429, RATE_LIMIT, headers={"Retry-After": "60"})
    fails(standin, LlmUnavailable)
    assert standin.requests == 1


def test_a_server_that_is_not_there_is_unavailable(standin: ChatStandin) -> None:
    with pytest.raises(LlmUnavailable):
        ask(llm(standin, base_url="http://127.0.0.1:9/v1"), budget_seconds=0.2)


OPERATORS = [
    (402, error("Insufficient Balance")),
    (403, error("Project does not have access to model", code="model_not_found")),
    (404, "404 page not found"),
    (429, NO_QUOTA),
    (400, error("Access denied, please make sure your account is in good standing.", code="Arrearage")),
    (400, {"object": "error", "message": "Invalid model: x", "type": "invalid_model", "code": "1500"}),
    (301, ""),
    (200, '{"status": "ok"}'),
]


@pytest.mark.parametrize(("status", "body"), OPERATORS)
def test_what_the_operator_must_mend_is_said_at_once(
    standin: ChatStandin, caplog: pytest.LogCaptureFixture, status: int, body: Json | str
) -> None:
    standin.fail_next(status, body)
    assert not fails(standin, LlmMisconfigured).may_pass
    assert standin.requests == 1
    assert [record.levelname for record in caplog.records if record.name.startswith("insights")] == ["ERROR"]


@pytest.mark.parametrize(
    "settings",
    [
        {"model": "gone"},
        {"api_key": "sk-wrong"},
        {"api_key": None},
        {"api_key": "sk-with\nline"},
        {"api_key": "sk-“quoted”"},
        {"base_url": "ftp://127.0.0.1/v1"},
        {"base_url": "http://"},
    ],
)
def test_settings_that_are_wrong_are_said_at_once(standin: ChatStandin, settings: Json) -> None:
    with pytest.raises(LlmMisconfigured):
        ask(llm(standin, **settings))
    assert standin.asked == []


# Time


def test_an_answer_that_is_late_is_given_up(standin: ChatStandin) -> None:
    standin.slow_next(3)
    began = time.monotonic()
    assert fails(standin, LlmTimedOut, budget_seconds=0.3).may_pass
    assert time.monotonic() - began < 2.5


def test_a_late_answer_is_asked_for_again_while_the_budget_lasts(standin: ChatStandin) -> None:
    standin.slow_next(3)
    assert ask(llm(standin, timeout_seconds=0.3)).title == "Plans"
    assert standin.requests == 2


def test_a_server_that_only_keeps_the_line_open_is_given_up(standin: ChatStandin) -> None:
    standin.drip()
    fails(standin, LlmTimedOut, budget_seconds=0.3)


def test_waiting_ticks(standin: ChatStandin) -> None:
    ticks: list[int] = []
    standin.slow_next(0.4)
    ask(llm(standin), tick=lambda: ticks.append(threading.get_ident()))
    assert len(ticks) >= 3
    assert set(ticks) == {threading.get_ident()}


def test_what_a_tick_raises_gives_the_question_up(standin: ChatStandin) -> None:
    def canceled() -> None:
        raise KeyError("canceled")

    standin.slow_next(3)
    began = time.monotonic()
    with pytest.raises(KeyError, match="canceled"):
        ask(llm(standin), tick=canceled)
    assert time.monotonic() - began < 2.5


def test_no_more_questions_than_places_are_asked_at_once(standin: ChatStandin) -> None:
    for _ in range(6):
        standin.slow_next(0.3)
    asked = llm(standin, concurrency=2)
    with ThreadPoolExecutor(6) as threads:
        titles = list(threads.map(lambda _: ask(asked).title, range(6)))
    assert titles == ["Plans"] * 6
    assert standin.most_at_once == 2


def test_a_place_is_not_waited_for_beyond_the_budget(standin: ChatStandin) -> None:
    asked = llm(standin, concurrency=1)
    standin.say("On Thursday.")
    pieces = stream(asked)
    next(pieces)
    with pytest.raises(LlmUnavailable, match="too many"):
        ask(asked, budget_seconds=0.1)
    pieces.close()


# Secrets and bills


def test_no_secret_and_no_text_is_logged(standin: ChatStandin, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    key = "0123456789abcdef0123"
    standin.say("The secretive minister declines.")
    for settings in ({"api_key": key}, {}, {"model": "gone"}):
        with pytest.raises(LlmFailed) as raised:
            ask(llm(standin, **settings))
        assert not any(secret in repr(raised.value) for secret in (key, API_KEY, "minister"))
    assert not any(secret in caplog.text for secret in (key, API_KEY, "minister"))
    assert "Incorrect API key provided" in caplog.text


def test_settings_for_another_vendor_stay_here(standin: ChatStandin, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("API_KEY", "ORG_ID", "PROJECT_ID", "BASE_URL"):
        monkeypatch.setenv(f"OPENAI_{name}", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    standin.key = None
    ask(llm(standin, api_key=None))
    (headers,) = standin.headers
    assert not any("openai" in name.lower() or "stainless" in name.lower() for name in headers)
    assert "Authorization" not in headers


def test_what_is_paid_for_is_logged(standin: ChatStandin, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    ask(llm(standin))
    "".join(stream(llm(standin)))
    assert caplog.text.count("7 out") == 2


# Streams


def test_a_stream_comes_piece_by_piece(standin: ChatStandin) -> None:
    standin.say("On Thursday,\u2028 says\r the “minister”.")
    pieces = list(stream(llm(standin)))
    assert len(pieces) > 3
    assert "".join(pieces) == "On Thursday,\u2028 says\r the “minister”."


@pytest.mark.parametrize("said", ["<think>Hm, <when?>\n</think>\n\nOn Thursday.", "\nOn Thursday."])
def test_thoughts_are_not_shown(standin: ChatStandin, said: str) -> None:
    standin.say(said)
    assert "".join(stream(llm(standin))) == "On Thursday."


def test_a_tag_of_another_kind_is_shown(standin: ChatStandin) -> None:
    standin.say("<thin>On Thursday.")
    assert "".join(stream(llm(standin))) == "<thin>On Thursday."


def test_an_object_can_be_shown_while_it_is_written(standin: ChatStandin) -> None:
    standin.refuse("json_schema", *NO_SCHEMAS[0])
    standin.say(f"```json\n{json.dumps(PLANS)}\n```")
    text, seen = "", []
    for piece in stream(llm(standin), schema=Summary):
        text += piece
        seen.append(object_so_far(text))
    assert seen[0] == {}
    assert {"title": "P"} in seen
    assert seen[-1] == PLANS


def test_closing_a_stream_hangs_up(standin: ChatStandin) -> None:
    standin.say("On Thursday.")
    standin.break_next_stream(1, "endless")
    pieces = stream(llm(standin))
    next(pieces)
    assert not standin.hung_up.is_set()
    pieces.close()
    assert standin.hung_up.wait(3)


@pytest.mark.parametrize(
    ("how", "kind"),
    [
        ("cut", LlmUnavailable),
        ("ended", LlmUnavailable),
        ("stalled", LlmTimedOut),
        (error("The server is overloaded", kind="server_error", code=503), LlmUnavailable),
        ({"object": "error", "message": "maximum context length reached", "code": 400}, ContextTooLong),
    ],
)
def test_a_fault_amid_a_stream_is_told_after_its_pieces(standin: ChatStandin, how: Any, kind: type[LlmFailed]) -> None:
    standin.say("On Thursday.")
    standin.break_next_stream(2, how)
    pieces = stream(llm(standin, timeout_seconds=0.4))
    assert [next(pieces), next(pieces)] == ["On Th", "ursda"]
    with pytest.raises(LlmFailed) as raised:
        next(pieces)
    assert type(raised.value) is kind
    assert standin.requests == 1


@pytest.mark.parametrize("how", ["cut", "ended", "stalled", OVERLOAD])
def test_a_fault_before_the_first_piece_is_asked_again(standin: ChatStandin, how: Any) -> None:
    standin.say("On Thursday.")
    standin.fail_next(503)
    standin.break_next_stream(0, how)
    assert "".join(stream(llm(standin, timeout_seconds=0.4))) == "On Thursday."
    assert standin.requests == 3


def test_a_stream_that_does_not_end_is_given_up_with_the_budget(standin: ChatStandin) -> None:
    standin.say("On Thursday.")
    standin.break_next_stream(1, "endless")
    began = time.monotonic()
    with pytest.raises(LlmTimedOut):
        "".join(stream(llm(standin), budget_seconds=0.5))
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("said", "kind", "shown"),
    [
        (Say("On Thursday, at", "length"), Truncated, "On Thursday, at"),
        (Say("On Thursday, at", "content_filter"), ModelDeclined, "On Thursday, at"),
        (Say(""), EmptyAnswer, ""),
    ],
)
def test_a_stream_that_ends_badly_says_so(standin: ChatStandin, said: Say, kind: type[LlmFailed], shown: str) -> None:
    standin.say(said)
    pieces = []
    with pytest.raises(kind):
        pieces.extend(stream(llm(standin)))  # What came before the fault stays in the list.
    assert "".join(pieces) == shown


def test_a_line_that_does_not_end_is_given_up(standin: ChatStandin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attended, "MAX_LINE_BYTES", 1000)
    standin.say("On Thursday.")
    standin.break_next_stream(1, {"choices": [], "padding": "x" * 100_000})
    with pytest.raises(LlmUnavailable, match="longer than 1000 bytes"):
        list(stream(llm(standin)))


def test_a_stream_may_end_without_its_mark() -> None:
    lines = [b'data: {"choices": [{"delta": {"content": "Yes."}, "finish_reason": "stop"}]}', b"", b": bye"]
    assert [said.text for said in events(lines)] == ["Yes."]


def test_an_event_that_is_none_of_a_completion_is_passed_over() -> None:
    lines = [b"event: ping", b'data: {"type": "ping"}', b'data: {"choices": [], "usage": {}}', b"data: [DONE]"]
    assert "".join(said.text for said in events(lines)) == ""
