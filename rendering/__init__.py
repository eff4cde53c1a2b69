"""Rows as the JSON that clients get, wherever it is needed: in an answer, and in an event."""
