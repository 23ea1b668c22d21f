"""What all tests share."""

import os

from hypothesis import Phase, settings

# repeatable runs; a failing example is reported as found, because shrinking a simulation can take minutes
settings.register_profile(
    "ponplan", derandomize=True, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate)
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ponplan"))
