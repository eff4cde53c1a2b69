"""Scripts, styles and drawings under addresses that change with their content, so that browsers keep them for good."""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

A_YEAR = 365 * 24 * 3600


def register(app: Flask) -> None:
    folder = Path(app.static_folder or "")

    @app.url_defaults
    def name_version(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values and (version := version_of(folder / values["filename"])):
            values["v"] = version

    @app.after_request
    def keep(response: Response) -> Response:
        """What is asked for without its version, as a module by another one, is asked for anew each time."""
        if request.endpoint == "static" and (version := request.args.get("v")):
            filename = (request.view_args or {})["filename"]
            if response.status_code in (200, 304) and version == version_of(folder / filename):
                response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
        return response


def version_of(path: Path) -> str | None:
    """The version of what is in the file now; None where there is none."""
    return _read(path, path.stat().st_mtime_ns) if path.is_file() else None


@lru_cache(maxsize=200)
def _read(path: Path, changed_ns: int) -> str:
    """Read once in each process, and again when it was changed, which happens where the pages are worked on."""
    return sha256(path.read_bytes()).hexdigest()[:12]
