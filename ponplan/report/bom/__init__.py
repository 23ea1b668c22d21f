"""The bill of materials: as a workbook that calculates, as CSV, in the client's own template."""

from ponplan.report.bom.table import COLUMNS, KEYS, bill_rows
from ponplan.report.bom.write import BillOptions, write_bom

__all__ = ["COLUMNS", "KEYS", "BillOptions", "bill_rows", "write_bom"]
