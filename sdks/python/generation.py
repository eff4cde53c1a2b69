"""Generates the typed models of the Python SDK: `python -m sdks.python.generation`, or `make sdks` for all SDKs.

datamodel-code-generator makes them: Pydantic models of what is answered, typed dictionaries of what is sent.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from sdks.document import WRITTEN_TO
from sdks.python.schemas import answer_schemas, as_document, request_schemas

PACKAGE = Path(__file__).parent / "src" / "transcribe_client"
HEADING = '"""{}\n\nGenerated from the API\'s OpenAPI document by `make sdks`. Not to be edited by hand.\n"""\n'
ALWAYS = [
    "--input-file-type=openapi",
    "--formatters=builtin",
    "--disable-timestamp",
    "--disable-future-imports",
    "--target-python-version=3.10",
    "--target-pydantic-version=2",
    "--enum-field-as-literal=all",
    "--use-annotated",
    "--use-standard-collections",
    "--use-union-operator",
    "--collapse-root-models",
    "--use-schema-description",
    "--use-field-description",
    "--use-single-line-docstring",
    "--type-mappings=string+decimal=decimal",
]
ANSWERS = ["--output-model-type=pydantic_v2.BaseModel", "--base-class=transcribe_client.answers.Answer"]
REQUESTS = [
    "--output-model-type=typing.TypedDict",
    "--output-datetime-class=datetime",
    "--import-overrides",
    json.dumps(dict.fromkeys(["NotRequired", "TypedDict"], "transcribe_client.typed")),
]


def generated(document: dict[str, Any]) -> dict[Path, str]:
    """The generated modules by their paths."""
    return {
        PACKAGE / "models.py": _module("What the API answers.", answer_schemas(document), ANSWERS),
        PACKAGE / "params.py": _module("What the API takes.", request_schemas(document), REQUESTS),
    }


def _module(purpose: str, schemas: dict[str, dict[str, Any]], options: list[str]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        heading, schema, module = (Path(folder) / name for name in ("heading", "schema.json", "module.py"))
        heading.write_text(HEADING.format(purpose))
        schema.write_text(json.dumps(as_document(schemas)))
        command = [sys.executable, "-m", "datamodel_code_generator", *ALWAYS, *options]
        command += ["--custom-file-header-path", str(heading), "--input", str(schema), "--output", str(module)]
        subprocess.run(command, check=True, cwd=PACKAGE)
        return _formatted(module.read_text())


def _formatted(module: str) -> str:
    """As the package's other modules are."""
    ruff, name = Path(sys.executable).with_name("ruff"), PACKAGE / "models.py"
    for command in (["check", "--select=I", "--fix", "--quiet"], ["format", "--quiet"]):
        run = subprocess.run(
            [ruff, *command, f"--stdin-filename={name}", "-"], input=module, capture_output=True, text=True, check=True
        )
        module = run.stdout
    return module


if __name__ == "__main__":
    for path, module in generated(json.loads(WRITTEN_TO.read_text())).items():
        path.write_text(module)
