"""The plan that a careful person makes by rule of thumb, to set the least-cost one against."""
