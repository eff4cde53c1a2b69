"""The command `transcribe`."""

import argparse
import os
import sys
from collections.abc import Sequence

from transcribe_client.cli.arguments import parser
from transcribe_client.cli.console import Console, error_json
from transcribe_client.cli.exit_codes import ExitCode, exit_code
from transcribe_client.cli.running import run
from transcribe_client.cli.watching import watch
from transcribe_client.client import Client
from transcribe_client.errors import TranscribeError
from transcribe_client.params import SearchLibraryQuery


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the arguments say; the code to exit with."""
    try:
        arguments = parser().parse_args(argv)
    except SystemExit as ended:  # argparse has said why.
        return int(ended.code or 0)
    console = Console(is_quiet=arguments.quiet)
    try:
        with Client(base_url=arguments.base_url) as client:
            return COMMANDS[arguments.command](client, arguments, console)
    except KeyboardInterrupt:
        console.trouble("Interrupted.")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has gone; what is still held back for them goes nowhere, without a traceback.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.API
    except (TranscribeError, OSError) as error:
        console.answer({"error": error_json(error)})
        console.trouble(str(error))
        return exit_code(error)


def _search(client: Client, arguments: argparse.Namespace, console: Console) -> int:
    given: dict[str, object] = {
        "q": " ".join(arguments.query),
        "transcription_id": arguments.transcription,
        "speaker": arguments.speaker,
        "limit": arguments.limit,
    }
    query: SearchLibraryQuery = {name: value for name, value in given.items() if value is not None}  # type: ignore[assignment]
    console.answer(client.search(**query))
    return ExitCode.OK


def _ask(client: Client, arguments: argparse.Namespace, console: Console) -> int:
    console.answer(client.ask(question=" ".join(arguments.question), transcription_ids=arguments.transcription))
    return ExitCode.OK


def _me(client: Client, arguments: argparse.Namespace, console: Console) -> int:
    console.answer(client.me())
    return ExitCode.OK


COMMANDS = {"run": run, "watch": watch, "search": _search, "ask": _ask, "me": _me}
