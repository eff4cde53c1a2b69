"""Every page of the site and where to see it, by the name of its route; and the routes that are none."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from blueprints.pages.guides import NAMES
from handlers import accounts, ledger_audits, mailed_links, measurements
from handlers.measurements import Measure
from models import Account, Notice, NoticeKind
from tests.browser import scenes

# Addresses are as `Places` fills them in.
PAGES: dict[str, tuple[str, ...]] = {
    "pages.home.index": ("/", "/?q=country"),
    "pages.home.pricing": ("/pricing",),
    "pages.developers.docs": ("/developers/docs",),
    "pages.developers.errors": ("/developers/errors",),
    "pages.developers.show_guide": tuple(f"/developers/docs/guides/{name}" for name in NAMES),
    "pages.shares.index": ("/transcriptions/{interview}/shares",),
    "pages.shared.show": ("/s/{shared}", "/s/{shared}?t=20", "/s/{locked}"),
    "pages.sign_in.login": ("/login",),
    "pages.sign_in.signup": ("/signup",),
    "pages.mailed_links.forgotten": ("/forgotten",),
    "pages.mailed_links.choose_password": ("/reset/{reset}",),
    "pages.mailed_links.ask_to_confirm": ("/confirm/{confirm}",),
    "pages.transcriptions.index": (
        "/transcriptions",
        "/transcriptions?q=nothing+like+it",
        "/transcriptions?tag=Museum&sort=title",
    ),
    "pages.transcriptions.show": (
        "/transcriptions/{interview}",
        "/transcriptions/{silent}",
        "/transcriptions/{processing}",
        "/transcriptions/{failed}",
        "/transcriptions/{trashed}",
    ),
    "pages.editing.form": ("/transcriptions/{interview}/segments/1/edit",),
    "pages.editing.preview_replacement": ("/transcriptions/{interview}/replace?find=tape&replacement=reel",),
    "pages.editing.history": ("/transcriptions/{interview}/revisions",),
    "pages.spots.find": ("/transcriptions/{interview}/find?q=tape", "/transcriptions/{interview}/find?q=zebra"),
    "pages.spots.unsure": ("/transcriptions/{interview}/unsure",),
    "pages.calls.show": ("/transcriptions/{interview}/code",),
    "pages.imports.show": ("/transcriptions/import",),
    "pages.trash.index": ("/trash",),
    "pages.search.index": ("/search", "/search?q=budget", "/search?q=zebra"),
    "pages.questions.index": ("/ask",),
    "pages.billing.index": ("/billing",),
    "pages.statements.index": ("/billing/ledger",),
    "pages.usage.index": ("/billing/usage", "/billing/usage?group_by=api_key"),
    "pages.settings.account": ("/settings/account",),
    "pages.two_factor.show": ("/settings/account/two-factor",),
    "pages.admin.index": ("/admin",),
    "pages.admin.activity": ("/admin/activity", "/admin/activity?about=wallet&actor=operator"),
    "pages.admin_accounts.index": ("/admin/accounts", "/admin/accounts?q=nobody"),
    "pages.admin_accounts.show": ("/admin/accounts/{account}",),
    "pages.admin_jobs.index": ("/admin/jobs", "/admin/jobs?state=failed", "/admin/jobs?state=all&account={account}"),
    "pages.settings.api_keys": ("/settings/api-keys",),
    "pages.activity.index": ("/settings/activity", "/settings/activity?about=wallet"),
    "pages.webhooks.index": ("/settings/webhooks",),
    "pages.webhooks.single": ("/settings/webhooks/single",),
    "pages.webhooks.show": ("/settings/webhooks/{endpoint}",),
    "pages.webhooks.show_delivery": ("/settings/webhooks/deliveries/{delivery}",),
}

# Fragments of pages above, files, streams, and what only leads on.
NO_PAGES = {
    "pages.activity.as_csv",
    "pages.billing.receipt",
    "pages.billing.returned",
    "pages.developers.for_language_models",
    "pages.developers.guide_source",
    "pages.editing.line",
    "pages.exports.index",
    "pages.exports.preview",
    "pages.exports.show",
    "pages.library.events",
    "pages.library.row",
    "pages.home.sample_recording",
    "pages.questions.show",
    "pages.questions.stream",
    "pages.shared.export",
    "pages.shared.media",
    "pages.shared.window",
    "pages.sign_in.callback",
    "pages.sign_in.code",  # A page only to whoever has given a password; tests/browser/test_two_factor.py looks at it.
    "pages.sign_in.with_provider",
    "pages.statements.as_csv",
    "pages.transcriptions.media",
    "pages.transcriptions.progress",
    "pages.transcriptions.segments",
    "pages.transcriptions.understanding",
    "pages.uploads.show",
    "pages.usage.as_csv",
}

ROOMS = sorted({endpoint.split(".")[1] for endpoint in PAGES})
ROOMS_OF_VISITORS = {"home", "developers", "shared", "sign_in", "mailed_links"}


@dataclass(frozen=True, slots=True)
class Places:
    """The public ids and secrets that stand in addresses."""

    interview: str
    silent: str
    processing: str
    failed: str
    trashed: str
    endpoint: str
    delivery: str
    shared: str
    locked: str
    account: str
    reset: str
    confirm: str

    def pages_of(self, room: str) -> list[str]:
        names = {name: getattr(self, name) for name in self.__slots__}
        return [
            path.format(**names)
            for endpoint, paths in PAGES.items()
            if endpoint.split(".")[1] == room
            for path in paths
        ]


def furnish(session: Session, account: Account) -> Places:
    """Give the account something to show on each page, those of operators too."""
    accounts.set_operator(session, account, True)
    measurements.measure(session, Measure.PROVIDER, 3.2, provider="qwen", outcome="provider_error")
    ledger_audits.audit_ledger(session)
    library = scenes.library(session, account)
    programs = scenes.programs(session, account)
    scenes.spending(session, account)
    scenes.answered(session, account)
    shared, locked = scenes.shared(session, account, library.interview)
    return Places(
        interview=library.interview.public_id,
        silent=library.silent.public_id,
        processing=library.processing.public_id,
        failed=library.failed.public_id,
        trashed=library.trashed.public_id,
        endpoint=programs.endpoint.public_id,
        delivery=programs.delivery.public_id,
        shared=shared.rpartition("/")[2],
        locked=locked.rpartition("/")[2],
        account=account.public_id,
        reset=token_of(account, NoticeKind.RESET_PASSWORD),
        confirm=token_of(account, NoticeKind.CONFIRM_ADDRESS),
    )


def token_of(account: Account, kind: NoticeKind) -> str:
    """That of the link in a mail to the account's address."""
    _, text = mailed_links.mail_of(Notice(kind=kind), account)
    return text.partition(mailed_links.PATHS[kind])[2].split()[0]
