"""How long to go on: briefly and the same each time in the suite, with FUZZ_EXAMPLES=5000 longer and by chance.

`make fuzz` does the latter. Hypothesis prints what it takes to repeat a failure; seeds of media stand in their names.
"""

import os

from hypothesis import HealthCheck, Phase, settings

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "0"))

settings.register_profile(
    "fuzz",
    deadline=None,
    derandomize=not EXAMPLES,
    max_examples=EXAMPLES or 100,
    # Finding the shortest example takes minutes; what was found is printed whole.
    phases=[*((Phase.shrink, Phase.explain) if EXAMPLES else ()), Phase.explicit, Phase.reuse, Phase.generate],
    # The database of the test forgets everything at its end, and not before: examples see what others left.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)
FUZZ = settings.get_profile("fuzz")
