"""A job whose work-horse is killed just after Redis lost what it knew of it."""

import os
import signal

from jobs import queues


def forgotten() -> None:
    redis = queues.connection()
    redis.delete(*redis.keys("rq:job:*"))
    os.kill(os.getpid(), signal.SIGKILL)
