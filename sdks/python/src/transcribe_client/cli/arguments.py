"""The command line."""

import argparse
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeAlias

from transcribe_client.cli.recipes import ENDINGS
from transcribe_client.settings import DEFAULT_URL, KEY_VARIABLE, URL_VARIABLE
from transcribe_client.version import VERSION

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

DESCRIPTION = "Speech to text from the command line: JSON on standard output, progress on standard error."
ENVIRONMENT = f"""\
environment:
  {KEY_VARIABLE}    the API key, from Settings, API keys of the dashboard
  {URL_VARIABLE}   where the service is ({DEFAULT_URL} unless set)
  NO_COLOR              no colours, whatever it is set to

exit codes:
  0  done                              4  the wallet or cap does not cover it
  1  refused, or it failed             5  try again: busy, out of reach, or out of time
  2  the command line is wrong         6  more than --max-cost-usd or --budget-usd allows
  3  sign in: the key is missing or wrong
"""
RUN = """\
examples:
  transcribe run interview.mp3
  transcribe run *.mp3 --format srt --format txt --out transcripts
  transcribe run https://example.com/talk.mp4 --language en --speakers 2
  transcribe run talk.mp3 --format srt --out -          the captions themselves on standard output
  transcribe run *.wav --budget-usd 5                   nothing is sent where all of it would cost more
"""
WATCH = """\
Each recording is transcribed once, however often this is started, and also when it was ended in the middle of one: what
was begun is kept in the state file, and recordings are known by their content. What is still being written is left
until it has been quiet for some seconds.

examples:
  transcribe watch ~/Recordings
  transcribe watch /srv/podcasts --format srt --out /srv/captions --once
"""


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(
        "transcribe", description=DESCRIPTION, epilog=ENVIRONMENT, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    top.add_argument("--version", action="version", version=f"transcribe {VERSION}")
    commands = top.add_subparsers(title="commands", dest="command", required=True, metavar="COMMAND")
    _run(commands)
    _watch(commands)
    search = _command(commands, "search", "find moments in all transcripts, by words and meaning", takes="WORDS...")
    search.add_argument("query", nargs="+", metavar="WORDS", help="what to look for")
    search.add_argument("--transcription", metavar="ID", help="look through this one alone")
    search.add_argument("--speaker", metavar="NAME", help="only what this person says")
    search.add_argument("--limit", type=int, metavar="N", help="so many moments at most")
    ask = _command(commands, "ask", "get an answer out of the transcripts, with its quotes", takes="WORDS...")
    ask.add_argument("question", nargs="+", metavar="WORDS", help="what you want to know")
    ask.add_argument("--transcription", action="append", metavar="ID", help="ask this one; may be given again")
    _command(commands, "me", "show the account, its wallet and this month's spending")
    return top


def _command(commands: Commands, name: str, does: str, more: str = "", takes: str = "") -> argparse.ArgumentParser:
    made = commands.add_parser(
        name,
        usage=f"transcribe {name} [options] {takes}",
        help=does,
        description=does[0].upper() + does[1:] + ".",
        epilog=more,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--base-url", metavar="URL", help=f"where the service is; else {URL_VARIABLE}")
    made.add_argument("--quiet", action="store_true", help="no progress")
    return made


def _run(commands: Commands) -> None:
    run = _command(commands, "run", "transcribe files and URLs", RUN, "FILE|URL...")
    run.add_argument("source", nargs="+", metavar="FILE|URL", help="recordings: files here, or addresses of files")
    _how(run)
    run.add_argument("--title", metavar="TEXT", help="what to call it; for one source")
    run.add_argument(
        "--out", metavar="DIR", help="where --format writes to: a folder (this one), or - for standard output"
    )
    run.add_argument("--timeout", type=_seconds, metavar="SECONDS", help="wait no longer for each")
    run.add_argument("--no-wait", action="store_true", help="say what was begun, and leave")


def _watch(commands: Commands) -> None:
    watch = _command(commands, "watch", "transcribe each recording that appears in a folder", WATCH, "DIR")
    watch.add_argument("folder", type=Path, metavar="DIR", help="where recordings appear")
    _how(watch)
    watch.add_argument("--out", type=Path, metavar="DIR", help="where the transcripts go; else beside the recordings")
    watch.add_argument("--state", type=Path, metavar="FILE", help="what was done; else DIR/.transcribe.json")
    watch.add_argument("--once", action="store_true", help="do what is there, and leave")
    watch.add_argument("--every", type=_seconds, default=5.0, metavar="SECONDS", help="how often to look (5)")
    watch.add_argument("--settle", type=_seconds, default=3.0, metavar="SECONDS", help="how long a file is quiet (3)")
    watch.add_argument("--retry-failed", action="store_true", help="also those that failed before")


def _how(command: argparse.ArgumentParser) -> None:
    how = command.add_argument_group("how to transcribe")
    how.add_argument("--language", metavar="TAG", help="what is spoken, such as en; else it is found out")
    how.add_argument("--pipeline", metavar="CODE", help="with which pipeline; else the account's")
    how.add_argument(
        "--no-diarize", dest="diarize", action="store_false", default=None, help="one speaker is all there is"
    )
    how.add_argument("--speakers", type=int, metavar="N", help="how many people speak")
    how.add_argument(
        "--vocabulary", action="append", metavar="TERM", help="a name or term to favour; may be given again"
    )
    how.add_argument(
        "--metadata", type=_pair, action="append", metavar="NAME=VALUE", help="your own; may be given again"
    )
    how.add_argument(
        "--retention", type=_retention, metavar="HOURS", help="keep the recording: keep, after_success, or hours"
    )
    files = command.add_argument_group("what to write")
    files.add_argument(
        "--format", type=_formats, action="extend", metavar="FORMAT", help=f"{', '.join(ENDINGS)}; may be given again"
    )
    files.add_argument("--preset", choices=["broadcast", "social", "plain"], help="the limits of captions")
    files.add_argument("--max-chars-per-line", type=int, metavar="N", help="characters in a line of a caption")
    money = command.add_argument_group("what to spend")
    money.add_argument("--max-cost-usd", type=_amount, metavar="USD", help="on one recording, at most")
    money.add_argument("--budget-usd", type=_amount, metavar="USD", help="on all of them, at most")


def _amount(text: str) -> Decimal:
    try:
        amount = Decimal(text.removeprefix("$"))
    except InvalidOperation:
        amount = Decimal(-1)
    if not (amount.is_finite() and amount >= 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not an amount of dollars, such as 0.50")
    return amount


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return seconds


def _formats(text: str) -> list[str]:
    """`--format srt,txt` is `--format srt --format txt`."""
    chosen = [each.strip() for each in text.split(",")]
    if unknown := [each for each in chosen if each not in ENDINGS]:
        raise argparse.ArgumentTypeError(f"there is no format {unknown[0]!r}; there are {', '.join(ENDINGS)}")
    return chosen


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not (name and sign):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


def _retention(text: str) -> str | int:
    if text in ("keep", "after_success"):
        return text
    if not text.isdigit():
        raise argparse.ArgumentTypeError("keep, after_success, or a number of hours")
    return int(text)
