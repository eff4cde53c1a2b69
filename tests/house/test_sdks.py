"""What is generated for the SDKs says what the API says now. `make sdks` brings it up to date."""

import ast
import sys
from pathlib import Path

import sdks.document
from sdks.python.generation import generated
from tests.house.test_imports import imported

PROJECT = Path(__file__).parents[2]
PYTHON = PROJECT / "sdks" / "python"
# The standard library aside. typing_extensions stands in for what Python 3.10 lacks.
MAY_IMPORT = {"transcribe_client", "httpx", "pydantic", "pydantic_core", "typing_extensions"}


def test_the_committed_document_is_that_of_the_api() -> None:
    assert sdks.document.WRITTEN_TO.read_text() == sdks.document.as_text(sdks.document.api_document()), (
        "Run `make sdks`."
    )


def test_the_models_of_the_python_sdk_are_those_of_the_document() -> None:
    stale = [
        path.name for path, module in generated(sdks.document.api_document()).items() if path.read_text() != module
    ]
    assert stale == [], "Run `make sdks`."


def test_the_python_sdk_imports_nothing_but_what_it_depends_on() -> None:
    foreign = [
        f"{path.relative_to(PROJECT)}:{line} imports {name}"
        for path in (PYTHON / "src").rglob("*.py")
        for line, name in imported(path)
        if name.partition(".")[0] not in MAY_IMPORT | set(sys.stdlib_module_names)
    ]
    assert foreign == []


def test_the_python_sdk_is_written_for_its_oldest_python() -> None:
    for path in (PYTHON / "src").rglob("*.py"):
        ast.parse(path.read_text(), feature_version=(3, 10))
