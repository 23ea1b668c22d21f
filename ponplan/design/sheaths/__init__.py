"""Fibres that ride in the sheath of another cable beside theirs, so that a street has fewer cables."""
