"""Stands in for what was made of the settings."""


def config() -> None:
    return None
