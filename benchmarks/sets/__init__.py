"""One module per benchmark set: how to read, solve, judge and write its files."""
