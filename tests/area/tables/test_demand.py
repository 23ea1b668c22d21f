"""What people write into a bandwidth cell, as services of the catalogue."""

from __future__ import annotations

import pytest

from ponplan.area.tables.demand import DemandReader
from ponplan.area.tables.mapping import read_table_mapping
from ponplan.catalogue import read_catalogue


@pytest.fixture
def reader() -> DemandReader:
    """Give a reader with the shipped words and catalogue."""
    return DemandReader(read_table_mapping().services, read_catalogue().services)


@pytest.mark.parametrize(
    ("text", "customer_class", "services"),
    [
        ("", "ordinary", {}),
        ("2M", "finance", {"ethernet-2m": 1}),
        ("2M E1", "finance", {"e1": 1}),
        ("E1*2", "finance", {"e1": 2}),
        ("2*E1", "finance", {"e1": 2}),
        ("2x10M", "ordinary", {"ethernet-10m": 2}),
        ("100M/100M", "ordinary", {"ethernet-100m": 1}),
        ("100M/50M", "ordinary", {"internet-100": 1}),
        ("100M", "ordinary", {"ethernet-100m": 1}),
        ("100M", "residential", {"internet-100": 1}),
        ("宽带 300M", "ordinary", {"internet-300": 1}),
        ("100M专线", "residential", {"ethernet-100m": 1}),
        ("20M", "ordinary", {"ethernet-100m": 1}),
        ("E1*2 + 10M", "finance", {"e1": 2, "ethernet-10m": 1}),
        ("语音；IPTV；100M", "residential", {"voice": 1, "iptv": 1, "internet-100": 1}),
        ("e1*2 internet-100", "anything", {"e1": 2, "internet-100": 1}),
    ],
)
def test_readings(reader: DemandReader, text: str, customer_class: str, services: dict[str, int]):
    """A cell is the services that its author meant, going by the customer's class where a rate fits two."""
    assert dict(reader.services_of(text, customer_class)) == services


def test_report_counts_readings(reader: DemandReader):
    """Every reading is remembered with its number of cells."""
    for _ in range(3):
        reader.services_of("2M", "finance")
    assert reader.understood["2M", "finance", "ethernet-2m"] == 3
