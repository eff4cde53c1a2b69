"""Delivering webhooks as an RQ job: one job sends whatever is due, for as long as anything is."""

import asyncio
from importlib import import_module

from jobs.delivering import Delivering
from processes.confinement import die_with_parent

# Chosen by name at its first use, which would be once in every fork.
import_module("anyio._backends._asyncio")


def deliver(_: str) -> None:
    """Send what is due to whom it is due, until nothing is."""
    die_with_parent()
    asyncio.run(Delivering().run())
