"""What programmers read: the reference, the guides, and the list for machines."""

import ast
import json
import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient

from blueprints.api_v1.documents import OPERATIONS
from blueprints.api_v1.documents.samples import IDS, METHODS, samples
from blueprints.pages.guides import DIRECTORY, Sample, guides
from runtime import config

PAGES = ["/developers/docs", "/developers/errors", *(f"/developers/docs/guides/{each.name}" for each in guides())]


class Links(HTMLParser):
    """The addresses that a page links to, and its ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.addresses.append(str(given["href"]))
        self.ids.add(str(given.get("id")))


def of_guides(language: str) -> list[str]:
    parts = [part for each in guides() for part in each.parts if isinstance(part, tuple)]
    return [sample.code for part in parts for sample in part if sample.language == language]


def test_every_file_of_guides_is_a_page() -> None:
    assert {path.stem for path in DIRECTORY.glob("*.md")} == {each.name for each in guides()}


@pytest.mark.parametrize("path", PAGES)
def test_whatever_a_page_links_to_is_there(visitor: FlaskClient, path: str) -> None:
    for address in Links(visitor.get(path).text).addresses:
        there = urlsplit(urljoin(path, address))
        answer = visitor.get(there.path) if not there.netloc else None
        assert answer is None or answer.status_code < 400, address
        assert answer is None or not there.fragment or there.fragment in Links(answer.text).ids, address


def test_a_guide_shows_its_samples_by_language(visitor: FlaskClient) -> None:
    page = visitor.get("/developers/docs/guides/quick-start").text

    assert re.search(r'<label><input type="radio" name="sample-\d" value="Python">', page)
    assert "client.transcriptions.create(source=&#34;external_url&#34;" in page
    assert '<h2 id="send-a-recording">' in page


def test_a_guide_is_there_as_the_text_it_is_made_of(visitor: FlaskClient) -> None:
    answer = visitor.get("/developers/docs/guides/idempotency.md")

    assert answer.mimetype == "text/markdown"
    assert answer.text == (DIRECTORY / "idempotency.md").read_text()


@pytest.mark.parametrize("name", ["nonsense", "..%2Ferrors", "README"])
def test_no_other_file_is_a_guide(visitor: FlaskClient, name: str) -> None:
    assert visitor.get(f"/developers/docs/guides/{name}").status_code == 404
    assert visitor.get(f"/developers/docs/guides/{name}.md").status_code == 404


def test_the_reference_names_every_operation_without_script(visitor: FlaskClient) -> None:
    page = visitor.get("/developers/docs").text

    assert [each.id for each in OPERATIONS if f'id="{each.id}"' not in page] == []
    assert [each.id for each in OPERATIONS if f"{each.method} /api/v1{each.path}" not in page] == []


def test_the_reference_loads_nothing_from_elsewhere(visitor: FlaskClient) -> None:
    page = visitor.get("/developers/docs").text
    assert [each for each in re.findall(r'(?:src|href)="([^"]+)"', page) if urlsplit(each).netloc] == []


def test_language_models_find_every_operation_and_guide(visitor: FlaskClient) -> None:
    answer = visitor.get("/llms.txt")

    assert answer.mimetype == "text/plain"
    assert [each.id for each in OPERATIONS if f"- `{each.method} {each.path}`: " not in answer.text] == []
    addresses = re.findall(rf"\]\({config().base_url}(\S+)\)", answer.text)
    assert len(addresses) == 3 + len(guides())
    assert [visitor.get(each).status_code for each in addresses] == [200] * len(addresses)


def test_every_operation_has_samples() -> None:
    assert set(METHODS) == {each.id for each in OPERATIONS}, "Say in samples.py what the SDKs call it."
    assert {name for each in OPERATIONS for name in each.ids} == set(IDS)
    for operation in OPERATIONS:
        curl, python, typescript = (each["source"] for each in samples(operation, "https://transcribe.example"))
        assert curl.startswith("curl ")
        ast.parse(python)
        assert typescript.count("{") == typescript.count("}")


def test_code_in_guides_is_code() -> None:
    assert of_guides("Python")
    for code in of_guides("Python"):
        ast.parse(code)
    for code in of_guides("JSON"):
        json.loads(code)


def test_samples_of_one_thing_stand_together() -> None:
    (together,) = (
        part for part in guides()[0].parts if isinstance(part, tuple) and len(part) == 3 and "ask" in part[1].code
    )
    assert [sample.language for sample in together] == ["curl", "Python", "TypeScript"]
    assert isinstance(together[0], Sample)
