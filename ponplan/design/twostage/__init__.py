"""Two splitter stages: ports that are hardly used share one behind an upper splitter, where that is cheaper."""
