"""What connecting one more customer to a finished design takes and costs."""

from ponplan.design.quote.accept import accept_quote
from ponplan.design.quote.alternative import Alternative
from ponplan.design.quote.quote import Quote, quote_customer

__all__ = ["Alternative", "Quote", "accept_quote", "quote_customer"]
