"""One page to read: everything about a design in a single file that opens offline."""
