"""Qwen's file transcription (Alibaba Cloud Model Studio, DashScope): submitted once, looked at until it is done.

A submit costs money and takes no idempotency key. So the notebook says `submitting` before it is sent, and where no
task id follows, because the answer was lost or we crashed, the recording is given up rather than sent, and paid for,
twice.
"""

import logging
import random as randomness
import time
from collections.abc import Callable, Mapping
from typing import Any

from errors import Outcome, ProviderError, ProviderRejected, ProviderTimeout
from outbound.retries import Transient, Verdict, reason, retry_after_seconds, retrying
from speech.providers.provider import Heard, Later, Notebook, Provider, Recording, State, Wishes
from speech.providers.qwen_attended import attended
from speech.providers.qwen_faults import Fault, fault_of, fault_of_task
from speech.providers.qwen_reading import Unreadable, language_of, segments_of, sentences_of
from speech.providers.qwen_service import Refused, ResultGone, ResultRefused, Service, Task, Unclear, Unsent
from speech.transcript import in_order

BASE_URL = "https://dashscope-intl.aliyuncs.com/api/v1"
MODEL = "qwen3-asr-flash-filetrans"
LANGUAGE_CODES = "zh yue en ja de ko ru fr pt ar it es hi id th tr uk vi cs da fil fi is ms no pl sv"
LANGUAGES = tuple(LANGUAGE_CODES.split())
MAX_DURATION_SECONDS = 12 * 3600
MAX_SIZE_BYTES = 2 << 30

FIRST_LOOK_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 15.0
LONGEST_RETRY_AFTER_SECONDS = 300.0
# A task and its result are kept for a day; after that the service knows nothing of either.
KEPT_SECONDS = 24 * 3600
# A task that failed through no fault of the recording is followed by one more, with a fresh address.
TASKS = 2

NOT_READ = (
    "The provider of this pipeline could not read the recording from our storage. Nothing was charged; retry later, "
    "or choose another pipeline."
)

logger = logging.getLogger(__name__)


class Qwen(Provider):
    """`base_url` ends in /api/v1 and belongs to the region of the key.

    Results are fetched from `*.aliyuncs.com` over https and from `result_hosts_allowed` (names or addresses without a
    port). A submit that was surely not taken is tried again for `submit_budget_seconds`; one answer may take
    `answer_seconds`; a task may take `task_ceiling_seconds`, which is when the service itself gives one up.
    """

    def __init__(
        self,
        api_key: str,
        *,
        base_url: str = BASE_URL,
        model: str = MODEL,
        result_hosts_allowed: frozenset[str] = frozenset(),
        submit_budget_seconds: float = 120.0,
        answer_seconds: float = 60.0,
        task_ceiling_seconds: float = 3 * 3600.0,
        sleep: Callable[[float], object] = time.sleep,
        random: Callable[[], float] = randomness.random,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._service = Service(
            api_key, base_url, result_hosts_allowed=result_hosts_allowed, answer_seconds=answer_seconds
        )
        self._model = model
        self._submit_budget_seconds = submit_budget_seconds
        self._task_ceiling_seconds = task_ceiling_seconds
        self._sleep = sleep
        self._random = random
        self._now = now

    def advance(self, recording: Recording, wishes: Wishes, notebook: Notebook) -> Heard | Later:
        """State of the notebook: `phase` (`submitting`, `refused`, `submitted`, `again`), `task_id`, `submitted_at` in
        seconds of the epoch, `tasks` made."""
        notebook.tick()
        state = notebook.state
        if state.get("task_id"):
            return self._look(recording, notebook)
        if state.get("phase") == "submitting":
            logger.error("qwen: the answer to a submit was lost; not submitted again, for it may be charged twice")
            raise ProviderTimeout
        return self._submit(recording, wishes, notebook)

    def cancel(self, state: State) -> None:
        task_id = state.get("task_id")
        if not task_id:
            return
        try:
            self._service.cancel(str(task_id))
        except Exception as error:  # whatever it is, nobody waits any more
            logger.info("qwen: task %s was not canceled: %s", reason(task_id), reason(error))

    def _submit(self, recording: Recording, wishes: Wishes, notebook: Notebook) -> Later:
        if recording.address is None:
            logger.error("qwen: the service fetches recordings by URL, and no bucket is configured to give it one")
            raise ProviderError
        order = _order(self._model, recording.address(), wishes)
        tasks = int(notebook.state.get("tasks", 0)) + 1

        retrying(
            lambda: self._submit_once(order, tasks, notebook),
            verdict=_verdict_on_submit,
            budget_seconds=self._submit_budget_seconds,
            tick=notebook.tick,
            sleep=self._sleep,
            random=self._random,
        )
        return Later(FIRST_LOOK_SECONDS)

    def _submit_once(self, order: Mapping[str, Any], tasks: int, notebook: Notebook) -> None:
        accepted: list[str] = []
        refused: list[Exception] = []

        def submit() -> None:
            try:
                accepted.append(self._service.submit(order))
            except (Unsent, Refused) as error:
                refused.append(error)
                raise

        notebook.keep(phase="submitting", task_id=None, tasks=tasks)
        try:
            attended(submit, notebook.tick)
        finally:
            # Also where a tick has raised: what became of the submit is known, and whoever goes on must know it.
            if accepted:
                self._keep_task(notebook, accepted[0])
            elif refused:
                notebook.keep(phase="refused")

    def _keep_task(self, notebook: Notebook, task_id: str) -> None:
        try:
            notebook.keep(phase="submitted", task_id=task_id, submitted_at=self._now())
        except BaseException:
            # Canceled or taken over meanwhile: nobody else will ever know of this task.
            self.cancel({"task_id": task_id})
            raise
        logger.info("qwen: task %s submitted", reason(task_id))

    def _look(self, recording: Recording, notebook: Notebook) -> Heard | Later:
        try:
            task = self._task(notebook)
            if task.status == "SUCCEEDED":
                return self._heard(task, recording, notebook)
        except Refused as refusal:
            verdict = _verdict(refusal)
            if isinstance(verdict, Outcome):
                raise verdict from None
            return self._later(notebook, verdict.retry_after_seconds)
        except (Unsent, Unclear) as trouble:
            logger.info("qwen: task %s: %s", _id(notebook), reason(trouble))
            return self._later(notebook)
        if task.status in ("FAILED", "CANCELED", "UNKNOWN"):
            return self._ended(task, notebook)
        return self._later(notebook)

    def _task(self, notebook: Notebook) -> Task:
        return attended(lambda: self._service.task(str(notebook.state["task_id"])), notebook.tick)

    def _later(self, notebook: Notebook, retry_after: float | None = None) -> Later:
        """Waits that grow with the age of the task, without a count to keep."""
        age_seconds = self._age_seconds(notebook)
        if age_seconds >= self._task_ceiling_seconds:
            logger.error("qwen: task %s is not done after %.0f s", _id(notebook), age_seconds)
            self.cancel(notebook.state)
            raise ProviderTimeout
        wait = min(max(age_seconds / 6, FIRST_LOOK_SECONDS), LONGEST_WAIT_SECONDS)
        jittered = max(FIRST_LOOK_SECONDS, wait * (0.75 + 0.25 * self._random()))
        return Later(max(jittered, min(retry_after or 0.0, LONGEST_RETRY_AFTER_SECONDS)))

    def _age_seconds(self, notebook: Notebook) -> float:
        return self._now() - float(notebook.state.get("submitted_at") or self._now())

    def _ended(self, task: Task, notebook: Notebook) -> Heard | Later:
        """A task that ended without a result: silence, one more try, or the reason why not."""
        said = f"task {_id(notebook)} {task.status} {task.code}: {task.message}"
        if task.status == "UNKNOWN":
            logger.error("qwen: %s", reason(said))
            raise ProviderTimeout if self._age_seconds(notebook) >= KEPT_SECONDS else ProviderError
        if task.status == "CANCELED":
            logger.error("qwen: %s", reason(said))
            raise ProviderError
        fault = fault_of_task(task.code)
        if fault is Fault.SILENT:
            return Heard((), None, self._model, "none", task.billed_seconds)
        if fault is not Fault.TASK or int(notebook.state.get("tasks", 1)) >= TASKS:
            raise _final(fault, said)
        logger.warning("qwen: %s; once more", reason(said))
        notebook.keep(phase="again", task_id=None)
        return Later(FIRST_LOOK_SECONDS)

    def _heard(self, task: Task, recording: Recording, notebook: Notebook) -> Heard:
        try:
            sentences = sentences_of(self._document(task, notebook))
        except (ResultGone, ResultRefused, Unreadable) as trouble:
            logger.error("qwen: task %s: %s", _id(notebook), reason(trouble))
            raise ProviderError from None
        segments = in_order(segments_of(sentences), recording.duration_seconds)
        return Heard(
            segments=segments,
            language=language_of(sentences) if segments else None,
            model=self._model,
            word_times="measured" if any(segment.words for segment in segments) else "none",
            billed_seconds=task.billed_seconds,
        )

    def _document(self, task: Task, notebook: Notebook) -> bytes:
        """The result of a task that succeeded. Its address expires, and looking at the task again renews it."""
        try:
            return self._fetched(task, notebook)
        except ResultGone as gone:
            logger.info("qwen: task %s: %s; looking again", _id(notebook), gone)
        return self._fetched(self._task(notebook), notebook)

    def _fetched(self, task: Task, notebook: Notebook) -> bytes:
        url = task.result_url
        if not url:
            raise ResultRefused("the task has succeeded and names no result")
        return attended(lambda: self._service.result(url), notebook.tick)


def _order(model: str, address: str, wishes: Wishes) -> dict[str, Any]:
    """One channel only: each is charged. `parameters` is always there, since workspace hosts insist on it."""
    language = wishes.language if wishes.language in LANGUAGES else None
    if model.startswith("qwen3-asr"):
        parameters: dict[str, Any] = {"channel_id": [0], "enable_words": True}
        if language:
            parameters["language"] = language
        return {"model": model, "input": {"file_url": address}, "parameters": parameters}
    parameters = {"channel_id": [0], "diarization_enabled": wishes.diarize}
    if language:
        parameters["language_hints"] = [language]
    if wishes.diarize and wishes.speakers_expected and 2 <= wishes.speakers_expected <= 100:
        parameters["speaker_count"] = wishes.speakers_expected
    if wishes.vocabulary and model.startswith("qwen-audio"):
        parameters["vocabulary"] = dict.fromkeys(wishes.vocabulary, 4)
    return {"model": model, "input": {"file_urls": [address]}, "parameters": parameters}


def _verdict_on_submit(error: Exception) -> Verdict:
    if isinstance(error, Unsent):
        return Transient()
    if isinstance(error, Refused):
        return _verdict(error)
    if isinstance(error, Unclear):
        logger.error("qwen: what became of a submit is not known: %s", reason(error))
        return ProviderTimeout()
    raise error


def _verdict(refusal: Refused) -> Verdict:
    fault = fault_of(refusal.code, refusal.status)
    if fault is not Fault.PASSING:
        return _final(fault, str(refusal))
    logger.info("qwen: %s", refusal)
    return Transient(retry_after_seconds=retry_after_seconds(refusal.headers))


def _final(fault: Fault, said: str) -> Outcome:
    if fault is Fault.REJECTED:
        logger.warning("qwen: rejected: %s", reason(said))
        return ProviderRejected()
    logger.error("qwen: %s", reason(said))
    if fault is Fault.TIMEOUT:
        return ProviderTimeout()
    return ProviderRejected(NOT_READ) if fault is Fault.UNFETCHED else ProviderError()


def _id(notebook: Notebook) -> str:
    return reason(notebook.state.get("task_id"))
