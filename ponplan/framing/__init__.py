"""How many bytes each standard spends on frames and bursts, and so which rates are usable."""
