"""What output tokens of a model cost, as the package genai-prices knows it: nothing is fetched."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Final

import genai_prices

from coefgate.telemetry.cut_off_cost import TokenPrices


def _dollars(model: str, tokens: int, moment: datetime) -> Decimal | None:
    """A model may be written behind its provider, as LiteLLM does: ``anthropic/claude-…``."""
    usage = genai_prices.Usage(output_tokens=tokens)
    for provider in (None, "litellm"):
        try:
            found = genai_prices.calc_price(
                usage, model, provider_id=provider, genai_request_timestamp=moment
            )
        except LookupError:
            continue
        # Nothing is free because its price is missing.
        return None if found.model_price.output_mtok is None else found.output_price
    return None


KNOWN_PRICES: Final = TokenPrices(f"genai-prices {genai_prices.__version__}", _dollars)
