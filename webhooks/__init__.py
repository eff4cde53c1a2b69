"""Webhooks out, as far as they need neither database nor network: signatures, and when to try again."""
