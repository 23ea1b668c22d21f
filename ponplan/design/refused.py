"""What stops a plan: customers whom it cannot serve, or not as promised."""

from __future__ import annotations


class Refused(Exception):
    """Customers, by their position, whom a plan cannot serve, each with the reason."""

    def __init__(self, reasons: dict[int, str]) -> None:
        super().__init__(reasons)
        self.reasons = reasons


class NotTwice(Exception):
    """Fully protected customers, by their position, to whom two plants cannot lead."""

    def __init__(self, members: tuple[int, ...]) -> None:
        super().__init__(members)
        self.members = members


class NotDirect(Exception):
    """Customers, by their position in the problem of all, to whom no direct fibre leads, each with the reason."""

    def __init__(self, reasons: dict[int, str]) -> None:
        super().__init__(reasons)
        self.reasons = reasons
