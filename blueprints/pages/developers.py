"""What programmers read: the reference with a client in it, the guides, what errors mean, and a list for machines."""

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from blueprints.api_v1.documents import OPERATIONS
from blueprints.api_v1.documents.texts import INFO, TAGS
from blueprints.pages.guides import Guide, guide, guides
from errors import NotFound, every_error

blueprint = Blueprint("developers", __name__)


@blueprint.get("/developers/docs")
def docs() -> ResponseReturnValue:
    by_tag = {tag["name"]: [each for each in OPERATIONS if each.tag == tag["name"]] for tag in TAGS}
    return render_template("developers/docs.html", tags=TAGS, by_tag=by_tag, info=INFO)


@blueprint.get("/developers/docs/guides/<name>")
def show_guide(name: str) -> ResponseReturnValue:
    return render_template("developers/guide.html", guide=_guide(name))


@blueprint.get("/developers/docs/guides/<name>.md")
def guide_source(name: str) -> Response:
    """The text that the guide's page is made of: it reads better to a program."""
    return Response(_guide(name).source, content_type="text/markdown; charset=utf-8")


@blueprint.get("/developers/errors")
def errors() -> ResponseReturnValue:
    rows = [(error.code, error.status, error.type, error.default_message) for error in every_error()]
    return render_template("developers/errors.html", errors=rows)


@blueprint.get("/llms.txt")
def for_language_models() -> Response:
    """What there is to read, as https://llmstxt.org proposes it."""
    text = render_template("developers/llms.txt", guides=guides(), operations=OPERATIONS, info=INFO)
    return Response(text, content_type="text/plain; charset=utf-8")


@blueprint.context_processor
def _listed() -> dict[str, object]:
    return {"guides": guides}


def _guide(name: str) -> Guide:
    found = guide(name)
    if found is None:
        raise NotFound()
    return found
