"""The guide's own code verifies what we sign, and refuses what we did not."""

import re
import subprocess
import time
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from webhooks import signing

GUIDE = (Path(__file__).parents[2] / "docs/guides/webhooks.md").read_text()
CODE: dict[str, str] = dict(re.findall(r"^```(\w+ \w+)\n(.*?)^```", GUIDE, re.M | re.S))
BODY = b'{"id": "evt_1", "data": {"title": "\xe2\x98\x95"}}'


def request(at: int) -> tuple[dict[str, str], str]:
    """The headers of a request that was signed at a time under two secrets, and the older of these."""
    new, old = signing.new_secret(), signing.new_secret()
    signature = signing.signature("evt_1", timestamp=at, body=BODY, keys=[new, old])
    return dict(signing.headers("evt_1", timestamp=at, signature=signature)), signing.shown(old)


@pytest.mark.parametrize("example", ["python library", "python alone"])
def test_the_python_of_the_guide(example: str) -> None:
    names: dict[str, Any] = {}
    exec(CODE[example], names)
    headers, secret = request(int(time.time()))

    assert names["receive"](BODY, headers, secret)["data"] == {"title": "☕"}
    stale, stale_secret = request(int(time.time()) - 301)
    for body, sent, key in (
        (BODY + b" ", headers, secret),
        (BODY, headers, signing.shown(signing.new_secret())),
        (BODY, stale, stale_secret),
    ):
        with pytest.raises(Exception, match=r"(?i)sign|old|time"):
            names["receive"](body, sent, key)


@pytest.mark.whole
@pytest.mark.skipif(which("node") is None, reason="Node is not installed")
def test_the_typescript_of_the_guide(tmp_path: Path) -> None:
    headers, secret = request(int(time.time()))
    code = re.sub(r": (string|Headers)", "", CODE["ts alone"])
    (tmp_path / "guide.mjs").write_text(f"""{code}
const headers = new Headers({headers});
console.log((await receive(`{BODY.decode()}`, headers, "{secret}")).data.title);
for (const [body, key] of [["{{}}", "{secret}"], [`{BODY.decode()}`, "{signing.shown(signing.new_secret())}"]])
  await receive(body, headers, key).then(() => process.exit(1), (error) => console.log(error.message));
""")
    run = subprocess.run(["node", "guide.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True)
    assert run.stdout.splitlines() == ["☕", "not signed by us", "not signed by us"]
