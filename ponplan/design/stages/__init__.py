"""A design built in stages: who belongs to which phase, what each phase costs, and when it pays."""
