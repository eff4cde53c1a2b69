"""How many workers of which queue a machine runs, and the slot of each: its name, under which its successor goes on."""

from collections.abc import Collection, Mapping

from processes.addresses import CannotStart

FETCH_WORKERS = 4  # They wait for other people's servers most of the time.
# How many, if one of these keys is set. A provider that keeps us on the line needs a worker for as long.
WITH_KEYS = {
    "provide": (4, ("OPENAI_API_KEY", "MISTRAL_API_KEY")),
    "poll": (1, ("DASHSCOPE_API_KEY",)),
    "billing": (1, ("STRIPE_SECRET_KEY",)),
}
# Hosted recordings are cut where nobody speaks, and their speakers found, by the engine too.
WITH_THE_ENGINE = ("transcribe", "provide", "poll")


def counts(env: Mapping[str, str]) -> dict[str, int]:
    """By queue: what WORKERS says, and our own number for each queue that it leaves out.

    Of itself a queue for which the operator has set no key has none. CannotStart tells what is wrong with WORKERS.
    """
    usual = {"fetch": FETCH_WORKERS, "transcribe": 1, "understand": 1, "deliver": 1}
    for queue, (count, keys) in WITH_KEYS.items():
        usual[queue] = count if any(env.get(key) for key in keys) else 0
    return {**usual, **_wanted(env.get("WORKERS", ""), usual)}


def needs_the_engine(env: Mapping[str, str]) -> bool:
    """Whether a worker of this machine asks the engine, which takes some 900 MB. CannotStart as `counts`."""
    of_queue = counts(env)
    return any(of_queue[queue] for queue in WITH_THE_ENGINE)


def slots(env: Mapping[str, str]) -> list[str]:
    """`fetch-1`, `fetch-2` and so on: a name for each worker, the same at every start."""
    return [f"{queue}-{number}" for queue, count in counts(env).items() for number in range(1, count + 1)]


def queue_of(slot: str) -> str:
    """The queue that the worker of a slot listens to; ValueError where it is no slot's name."""
    queue, dash, number = slot.rpartition("-")
    if not dash or not number.isdecimal():
        raise ValueError(f"{slot!r} is no slot, such as fetch-1")
    return queue


def _wanted(text: str, queues: Collection[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        queue, _, count = (word.strip() for word in part.partition("="))
        if not count.isdecimal():
            raise CannotStart(f"WORKERS takes how many workers a queue has, such as fetch=2,provide=8, not {part!r}.")
        if queue not in queues:
            raise CannotStart(f"WORKERS names {queue!r}, which is no queue. There are {', '.join(sorted(queues))}.")
        if queue in found:
            raise CannotStart(f"WORKERS names {queue!r} twice.")
        found[queue] = int(count)
    return found
