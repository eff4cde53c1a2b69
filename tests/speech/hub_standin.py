"""A loopback model hub that keeps as much of the Hugging Face Hub's protocol as a download of a model needs.

`GET /api/models/{repository}?blobs=true` tells the commit and the files: all with their size and git's blob id, large
ones with the SHA-256 under which Git LFS keeps them. `GET /{repository}/resolve/{commit}/{file}` gives a small file,
and sends on to another address for a large one. Both take ranges. What is refused says why in `X-Error-Code`.
"""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from werkzeug.exceptions import NotFound
from werkzeug.routing import Map, Rule
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from speech.engines.snapshots import RemoteFile, Snapshot

BLOCK_BYTES = 1 << 16


class Silent(WSGIRequestHandler):
    def log(self, *arguments: object) -> None:
        pass


@dataclass
class Repository:
    """Files by name: bytes, or a path of them. `large` are those under LFS; who is `gated` needs the token."""

    files: Mapping[str, bytes | Path]
    large: frozenset[str] = frozenset({"model.bin"})
    gated: bool = False
    commit: str = "c0ffee" * 6 + "abcd"

    def content(self, name: str) -> bytes:
        found = self.files[name]
        return found.read_bytes() if isinstance(found, Path) else found

    def digest(self, name: str) -> str:
        content = self.content(name)
        if name in self.large:
            return hashlib.sha256(content).hexdigest()
        return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()

    def snapshot(self, repository: str) -> Snapshot:
        """What is to be found out of it."""
        files = (RemoteFile(name, len(self.content(name)), self.digest(name)) for name in self.files)
        return Snapshot(repository, self.commit, tuple(files))


@dataclass
class Hub:
    """`repositories` by name. `asked` has a path with its Range for each request.

    `damage` is how often large files are still sent with a wrong byte, `cut_at` after how many bytes of one the
    connection is lost once, `before_block` is called with the position of each block that is sent.
    """

    repositories: dict[str, Repository] = field(default_factory=dict)
    url: str = ""
    token: str = "hf_standin"
    damage: int = 0
    cut_at: int | None = None
    before_block: Callable[[int], None] = lambda position: None
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    _routes = Map(
        [
            Rule("/api/models/<path:repository>", endpoint="tell"),
            Rule("/<owner>/<name>/resolve/<commit>/<path:file>", endpoint="resolve"),
            Rule("/cdn/<owner>/<name>/<path:file>", endpoint="send_large"),
        ]
    )

    def ranges(self) -> list[str | None]:
        """The ranges asked of large files."""
        return [asked for path, asked in self.asked if path.startswith("/cdn/")]

    def answer(self, request: Request) -> Response:
        self.asked.append((request.path, request.headers.get("Range")))
        try:
            endpoint, arguments = self._routes.bind_to_environ(request.environ).match()
        except NotFound:
            return _refusal(404, "EntryNotFound")
        return getattr(self, endpoint)(request, **arguments)  # type: ignore[no-any-return]

    def tell(self, request: Request, repository: str) -> Response:
        found = self.repositories.get(repository)
        if found is None:
            return _refusal(401, "RepoNotFound")
        siblings = []
        for name in found.files:
            size = len(found.content(name))
            sibling = {"rfilename": name, "size": size, "blobId": found.digest(name)[:40]}
            if name in found.large:
                sibling["lfs"] = {"sha256": found.digest(name), "size": size, "pointerSize": 134}
            siblings.append(sibling)
        assert request.args["blobs"] == "true"
        answer = {"_id": "1", "id": repository, "sha": found.commit, "private": False, "siblings": siblings}
        return Response(json.dumps(answer), content_type="application/json")

    def resolve(self, request: Request, owner: str, name: str, commit: str, file: str) -> Response:
        found = self.repositories[f"{owner}/{name}"]
        if found.gated and request.headers.get("Authorization") != f"Bearer {self.token}":
            return _refusal(401, "GatedRepo")
        if commit != found.commit:
            return _refusal(404, "RevisionNotFound")
        headers = {"X-Repo-Commit": commit}
        if file not in found.large:
            return self._send(request, found.content(file), {**headers, "ETag": f'"{found.digest(file)}"'})
        linked = {
            "Location": f"/cdn/{owner}/{name}/{file}",
            "X-Linked-ETag": f'"{found.digest(file)}"',
            "X-Linked-Size": str(len(found.content(file))),
        }
        return Response(status=302, headers={**headers, **linked})

    def send_large(self, request: Request, owner: str, name: str, file: str) -> Response:
        content = self.repositories[f"{owner}/{name}"].content(file)
        if self.damage:
            self.damage -= 1
            content = content[:-1] + bytes([content[-1] ^ 1])
        return self._send(request, content, {}, cut_at=self.cut_at)

    def _send(
        self, request: Request, content: bytes, headers: Mapping[str, str], *, cut_at: int | None = None
    ) -> Response:
        begin = 0
        if request.range is not None:
            ((begin, end),) = request.range.ranges
            assert end is None
            headers = {**headers, "Content-Range": f"bytes {begin}-{len(content) - 1}/{len(content)}"}
        body = self._blocks(content, begin, cut_at)
        return Response(
            body, status=206 if begin else 200, headers={**headers, "Content-Length": str(len(content) - begin)}
        )

    def _blocks(self, content: bytes, begin: int, cut_at: int | None) -> Iterator[bytes]:
        for position in range(begin, len(content), BLOCK_BYTES):
            self.before_block(position)
            block = content[position : position + BLOCK_BYTES]
            if cut_at is not None and position + len(block) > cut_at:
                self.cut_at = None
                yield block[: cut_at - position]
                raise ConnectionAbortedError
            yield block


@contextmanager
def hub() -> Iterator[Hub]:
    """A hub that answers for the block, at first with no repository."""
    standin = Hub()

    @Request.application
    def application(request: Request) -> Response:
        return standin.answer(request)

    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=Silent)
    standin.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield standin
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _refusal(status: int, code: str) -> Response:
    return Response(status=status, headers={"X-Error-Code": code, "X-Error-Message": "No."})
