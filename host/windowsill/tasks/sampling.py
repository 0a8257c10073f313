"""The standard's sampling modes as numbers. The standard gives none; ours rise with the mode (web-ai-apis 3.11)."""

from __future__ import annotations

from typing import Final

from windowsill.engine_protocol import Sampling
from windowsill.protocol import SamplingMode

SAMPLING_MODES: Final[dict[SamplingMode, Sampling]] = {
    "most-predictable": Sampling(temperature=0.0, top_k=1, top_p=1.0, min_p=0.0),
    "predictable": Sampling(temperature=0.3, top_k=20, top_p=0.9, min_p=0.05),
    "slightly-predictable": Sampling(temperature=0.5, top_k=30, top_p=0.92, min_p=0.05),
    "balanced": Sampling(temperature=0.7, top_k=40, top_p=0.95, min_p=0.05),
    "slightly-creative": Sampling(temperature=0.9, top_k=60, top_p=0.96, min_p=0.04),
    "creative": Sampling(temperature=1.1, top_k=80, top_p=0.97, min_p=0.03),
    "most-creative": Sampling(temperature=1.3, top_k=120, top_p=0.98, min_p=0.02),
}
"""Temperature and width rise together."""
