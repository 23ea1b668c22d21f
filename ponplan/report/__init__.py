"""Tables, drawings and pages from any result: formatting only, no quantity is computed here."""
