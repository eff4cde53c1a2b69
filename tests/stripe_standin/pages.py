"""What a customer sees in a browser: the payment page, the portal, receipts and invoices. Plain forms, no script."""

from html import escape

from tests.stripe_standin import checkouts
from tests.stripe_standin.params import Json
from tests.stripe_standin.payments import VISA
from tests.stripe_standin.state import State
from tests.stripe_standin.subscriptions import ENDED

_LAYOUT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<style>body{{font:16px/1.5 sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem}}
button,input{{font:inherit;padding:.4rem .8rem}}[role=alert]{{color:#b00}}</style></head>
<body><p><small>A stand-in for Stripe on this machine. No money moves.</small></p><h1>{title}</h1>
{body}
</body></html>"""


def checkout_page(state: State, session: Json, *, error: str | None = None, card: str = VISA) -> str:
    items = "".join(
        f"<li>{escape(item['description'])}: {money(item['amount_total'], item['currency'])}"
        f"{' per ' + item['price']['recurring']['interval'] if item['price']['recurring'] else ''}</li>"
        for item in state.line_items[session["id"]]
    )
    if session["status"] != "open":
        return page("Checkout", f"<p>This checkout is {session['status']}.</p>{_back(session['cancel_url'])}")
    if checkouts.asks_to_confirm(state, session):
        form = (
            "<p>Your bank asks you to confirm this payment.</p>"
            '<button name="action" value="confirm">Confirm</button> '
            '<button name="action" value="refuse">Refuse</button>'
        )
    else:
        form = (
            f'<p><label>Card number <input name="card" value="{escape(card)}" inputmode="numeric" required></label></p>'
            f'<button name="action" value="pay">Pay {money(session["amount_total"], session["currency"])}</button>'
        )
    alert = f'<p role="alert">{escape(error)}</p>' if error else ""
    return page("Checkout", f'<ul>{items}</ul>{alert}<form method="post">{form}</form>{_back(session["cancel_url"])}')


def portal_page(state: State, portal: Json) -> str:
    customer = portal["customer"]
    plans = [each for each in state.all_of("subscription", customer=customer) if each["status"] not in ENDED]
    invoices = "".join(
        f'<li><a href="{invoice["hosted_invoice_url"]}">{escape(invoice["number"])}</a> '
        f"{money(invoice['total'], invoice['currency'])} {invoice['status']}</li>"
        for invoice in reversed(state.all_of("invoice", customer=customer))
        if invoice["number"]
    )
    return page(
        "Billing",
        f"<h2>Plan</h2>{''.join(map(_plan, plans)) or '<p>No plan.</p>'}"
        f"<h2>Invoices</h2><ul>{invoices or '<li>None yet.</li>'}</ul>{_back(portal['return_url'])}",
    )


def receipt_page(charge: Json) -> str:
    return page(
        "Receipt",
        f"<p>{money(charge['amount'], charge['currency'])} paid, "
        f"{money(charge['amount_refunded'], charge['currency'])} refunded.</p>",
    )


def invoice_page(invoice: Json) -> str:
    lines = "".join(
        f"<li>{escape(line['description'])}: {money(line['amount'], line['currency'])}</li>"
        for line in invoice["lines"]["data"]
    )
    return page(f"Invoice {invoice['number']}", f"<ul>{lines}</ul><p>{invoice['status']}</p>")


def not_found_page() -> str:
    return page("Not found", "<p>There is nothing here.</p>")


def _plan(subscription: Json) -> str:
    ends = subscription["cancel_at"] is not None
    item = subscription["items"]["data"][0]
    action, label = ("resume", "Keep subscription") if ends else ("cancel", "Cancel subscription")
    return (
        f"<p>{money(item['price']['unit_amount'], subscription['currency'])} per month, {subscription['status']}"
        f"{', ends with this period' if ends else ''}.</p>"
        f'<form method="post"><input type="hidden" name="subscription" value="{subscription["id"]}">'
        f'<button name="action" value="{action}">{label}</button></form>'
    )


def _back(url: str | None) -> str:
    return f'<p><a href="{escape(url)}">Back</a></p>' if url else ""


def money(cents: int, currency: str) -> str:
    return f"{cents // 100}.{cents % 100:02d} {currency.upper()}"


def page(title: str, body: str) -> str:
    return _LAYOUT.format(title=escape(title), body=body)
