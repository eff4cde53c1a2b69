"""Each operation as somebody would write it: with curl, and with the SDKs."""

import json
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from blueprints.api_v1.documents import examples, shares, webhook_examples
from blueprints.api_v1.documents.operation import Operation
from blueprints.api_v1.documents.schemas import Json

SHORT = 64
# What the SDKs call each operation; `each` marks those whose answer is read row by row.
METHODS = {
    "create_transcription": "transcriptions.create",
    "list_transcriptions": "each transcriptions.list",
    "get_transcription": "transcriptions.get",
    "update_transcription": "transcriptions.update",
    "delete_transcription": "transcriptions.delete",
    "cancel_transcription": "transcriptions.cancel",
    "retry_transcription": "transcriptions.retry",
    "understand_transcription": "transcriptions.understand",
    "get_transcription_result": "transcriptions.result",
    "wait_for_transcription": "transcriptions.wait",
    "stream_transcription_events": "each transcriptions.events",
    "list_trash": "each trash.list",
    "trash_transcription": "transcriptions.trash",
    "restore_transcription": "transcriptions.restore",
    "delete_transcription_media": "transcriptions.delete_media",
    "edit_transcription": "transcriptions.edit",
    "undo_edit": "transcriptions.undo",
    "redo_edit": "transcriptions.redo",
    "list_revisions": "each transcriptions.revisions",
    "export_transcription": "transcriptions.export",
    "export_transcriptions": "transcriptions.export_many",
    "create_share": "shares.create",
    "list_shares": "each shares.list",
    "get_share": "shares.get",
    "update_share": "shares.update",
    "delete_share": "shares.delete",
    "search_library": "search",
    "search_transcription": "transcriptions.search",
    "ask_library": "ask",
    "ask_transcription": "transcriptions.ask",
    "list_questions": "each questions.list",
    "get_question": "questions.get",
    "delete_question": "questions.delete",
    "create_quote": "quotes.create",
    "create_upload": "uploads.create",
    "get_upload": "uploads.get",
    "create_upload_parts": "uploads.create_parts",
    "complete_upload": "uploads.complete",
    "delete_upload": "uploads.delete",
    "create_webhook_endpoint": "webhook_endpoints.create",
    "list_webhook_endpoints": "each webhook_endpoints.list",
    "get_webhook_endpoint": "webhook_endpoints.get",
    "update_webhook_endpoint": "webhook_endpoints.update",
    "delete_webhook_endpoint": "webhook_endpoints.delete",
    "rotate_webhook_secret": "webhook_endpoints.rotate_secret",
    "test_webhook_endpoint": "webhook_endpoints.test",
    "list_webhook_deliveries": "each webhook_endpoints.deliveries",
    "redeliver_webhook_events": "webhook_endpoints.redeliver",
    "get_webhook_delivery": "webhook_deliveries.get",
    "redeliver_webhook": "webhook_deliveries.redeliver",
    "list_events": "each events.list",
    "get_event": "events.get",
    "get_me": "me",
    "list_pipelines": "each pipelines.list",
    "list_usage": "each usage.list",
}
IDS = {
    "transcription_id": examples.TRANSCRIPTION_ID,
    "share_id": shares.SHARE_ID,
    "upload_id": examples.UPLOAD_ID,
    "question_id": examples.QUESTION_ID,
    "webhook_endpoint_id": webhook_examples.ENDPOINT_ID,
    "webhook_delivery_id": webhook_examples.DELIVERY_ID,
    "event_id": webhook_examples.EVENT_ID,
}
# What is asked for in a sample, by the parameter's name.
ASKED = {
    "q": "what did we say about the budget",
    "format": "srt",
    "transcription_ids": [examples.TRANSCRIPTION_ID],
    "formats": ["srt", "docx"],
}


@dataclass(frozen=True, slots=True)
class Notation:
    """How a language writes what JSON can say: its keys, what is neither text nor number, and the indentation."""

    key: Callable[[str], str]
    constants: Mapping[bool | None, str]
    indentation: str
    space: str

    def literal(self, value: Any, indentation: str = "") -> str:
        """The value on one line where that is short, else with a line for each of its parts."""
        if value is None or isinstance(value, bool):
            return self.constants[value]
        if not isinstance(value, Mapping | list) or not value:
            return json.dumps(value, ensure_ascii=False)
        inner = indentation + self.indentation
        if isinstance(value, Mapping):
            opening, closing, space = "{", "}", self.space
            parts = [f"{self.key(name)}: {self.literal(each, inner)}" for name, each in value.items()]
        else:
            opening, closing, space = "[", "]", ""
            parts = [self.literal(each, inner) for each in value]
        line = f"{opening}{space}{', '.join(parts)}{space}{closing}"
        if len(indentation) + len(line) <= SHORT and "\n" not in line:
            return line
        return f"{opening}\n" + "".join(f"{inner}{part},\n" for part in parts) + f"{indentation}{closing}"


PYTHON = Notation(json.dumps, {None: "None", True: "True", False: "False"}, "    ", "")
TYPESCRIPT = Notation(
    lambda name: name if name.isidentifier() else json.dumps(name),
    {None: "null", True: "true", False: "false"},
    "  ",
    " ",
)


def samples(operation: Operation, base_url: str) -> list[Json]:
    """Samples as documentation tools read them from `x-codeSamples`."""
    return written(operation, base_url, ids=IDS)


def written(
    operation: Operation,
    base_url: str,
    *,
    ids: Mapping[str, str],
    fields: Mapping[str, Any] | None = None,
    asked: Mapping[str, Any] | None = None,
) -> list[Json]:
    """The operation in each language, for these ids; without `fields` and `asked` its own examples are sent."""
    named = [ids[name] for name in operation.ids]
    body = dict(next(iter(operation.examples.values()), {}) if fields is None else fields)
    query = dict(_asked(operation) if asked is None else asked)
    return [
        {"lang": "shell", "label": "curl", "source": _curl(operation, base_url, named, body, query)},
        {"lang": "python", "label": "Python", "source": _python(operation, named, {**body, **query})},
        {"lang": "typescript", "label": "TypeScript", "source": _typescript(operation, named, {**body, **query})},
    ]


def _curl(operation: Operation, base_url: str, ids: list[str], fields: Json, asked: Json) -> str:
    path = operation.path
    for name, value in zip(operation.ids, ids, strict=True):
        path = path.replace(f"{{{name}}}", value)
    listed = {name: _in_query(value) for name, value in asked.items()}
    address = f"{base_url}/api/v1{path}{'?' + urlencode(listed, safe=',') if listed else ''}"
    method = (
        f"-X {operation.method} " if operation.method != "GET" and not (operation.method == "POST" and fields) else ""
    )
    lines = [f"curl {method}{shlex.quote(address)}", '-H "Authorization: Bearer $TRANSCRIBE_API_KEY"']
    if fields:
        body = json.dumps(fields, ensure_ascii=False, indent=2 if len(json.dumps(fields)) > 2 * SHORT else None)
        lines += ['-H "Content-Type: application/json"', f"-d {shlex.quote(body)}"]
    if operation.answer.events:
        lines.append("-N")
    if operation.answer.files:
        lines.append("-OJ")
    return " \\\n  ".join(lines)


def _in_query(value: Any) -> Any:
    """A value as it stands in an address."""
    if isinstance(value, bool):
        return json.dumps(value)
    return ",".join(value) if isinstance(value, list) else value


def _python(operation: Operation, ids: list[str], arguments: Json) -> str:
    named = [f"{name}={PYTHON.literal(value)}" for name, value in arguments.items()]
    call = f"client.{_method(operation)}({_joined([*map(json.dumps, ids), *named])})"
    used = _used(operation, call, "for {} in {}:\n    print({})", "{} = {}", "{}")
    return f"from transcribe_client import Client\n\nclient = Client()\n{used}\n"


def _typescript(operation: Operation, ids: list[str], arguments: Json) -> str:
    given = [*map(json.dumps, ids), *([TYPESCRIPT.literal(arguments)] if arguments else [])]
    call = f"client.{_camel(_method(operation))}({', '.join(given)})"
    in_loop = "for await (const {} of {}) {{\n  console.log({});\n}}"
    used = _used(operation, call, in_loop, "const {} = await {};", "await {};")
    return f'import {{ Transcribe }} from "transcribe-client";\n\nconst client = new Transcribe();\n{used}\n'


def _used(operation: Operation, call: str, in_loop: str, kept: str, alone: str) -> str:
    """The call as a statement: its rows in a loop, its answer kept, or neither where there is none."""
    if METHODS[operation.id].startswith("each "):
        return in_loop.format("each", call, "each")
    if operation.answer.shape is None and not operation.answer.files:
        return alone.format(call)
    return kept.format("answer", call)


def _joined(given: list[str]) -> str:
    line = ", ".join(given)
    if len(line) <= SHORT and "\n" not in line:
        return line
    indented = (each.replace("\n", "\n    ") for each in given)
    return "\n" + "".join(f"    {each},\n" for each in indented)


def _method(operation: Operation) -> str:
    return METHODS[operation.id].removeprefix("each ")


def _camel(method: str) -> str:
    return re.sub(r"_(\w)", lambda found: found[1].upper(), method)


def _asked(operation: Operation) -> Json:
    required = operation.query.model_fields.items() if operation.query is not None else ()
    return {name: ASKED[name] for name, field in required if field.is_required()}
