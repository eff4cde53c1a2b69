"""What the form of a new transcription shows: what there is to choose, what it costs, and what came of it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from billing.prices import price
from blueprints.pages.forms import FormState
from blueprints.pages.languages import LANGUAGES
from blueprints.pages.retentions import RETENTIONS
from errors import AppError
from handlers.links import MOST_LINKS, Ordered, Sum, told
from handlers.pipelines import offers
from handlers.quotes import why_not_affordable
from handlers.samples import SAMPLE_SECONDS
from handlers.wallets import wallet_of
from models import Account, Plan
from runtime import config
from speech.pipelines import Pipeline


@dataclass(frozen=True, slots=True)
class Choice:
    """A pipeline that can be chosen, with what a minute costs here and on the other plan."""

    pipeline: Pipeline
    per_minute_microusd: int
    pro_per_minute_microusd: int
    is_chosen: bool

    @property
    def longest_seconds(self) -> float:
        return min(config().max_media_seconds, self.pipeline.max_duration_seconds)


def form_context(
    session: Session,
    account: Account,
    form: FormState,
    *,
    refused: AppError | None = None,
    quoted: Sum | None = None,
    begun: int = 0,
) -> dict[str, object]:
    """All that `transcriptions/_new.html` and its fragments show. `begun` is how many recordings were just ordered."""
    choices = _choices(account, form)
    chosen = next((choice for choice in choices if choice.is_chosen), choices[0])
    cheapest = min(choice.per_minute_microusd for choice in choices)
    return {
        "form": form,
        "attempt": secrets.token_urlsafe(16),
        "begun": begun,
        "refused": refused,
        "obstacle": None if refused else why_not_affordable(session, account, cheapest),
        "pipelines": choices,
        "quoted": quoted,
        "available_microusd": wallet_of(session, account).available_microusd,
        "sample_microusd": price(SAMPLE_SECONDS, chosen.per_minute_microusd),
        "most_links": MOST_LINKS,
        "max_media_bytes": config().max_media_bytes,
        "languages": languages(),
        "retentions": [("", "As my account says"), *RETENTIONS],
    }


def languages() -> list[tuple[str, str]]:
    """What can be said to be spoken, by its tag and in the order of the names."""
    return sorted(LANGUAGES.items(), key=lambda pair: pair[1])


def links_left(ordered: Ordered, urls: Sequence[str], values: dict[str, str]) -> FormState:
    """The form with the links that were not ordered, and why each was not beside them."""
    left = "\n".join(urls[place] for place in ordered.refused)
    why = told(dict(enumerate(ordered.refused.values())), len(ordered.refused))
    return FormState({**values, "url": left}, {"url": why})


def _choices(account: Account, form: FormState) -> list[Choice]:
    mine = [offer for offer in offers(account.plan) if offer.pipeline.is_available]
    pro = {offer.pipeline.code: offer.your_price_per_minute_microusd for offer in offers(Plan.PRO)}
    codes = [offer.pipeline.code for offer in mine]
    wanted = [form.values.get("pipeline_code"), account.default_pipeline_code]
    chosen = next((code for code in wanted if code in codes), codes[0])
    return [
        Choice(
            pipeline=offer.pipeline,
            per_minute_microusd=offer.your_price_per_minute_microusd,
            pro_per_minute_microusd=pro[offer.pipeline.code],
            is_chosen=offer.pipeline.code == chosen,
        )
        for offer in mine
    ]
