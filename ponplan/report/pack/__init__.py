"""The construction pack: one workbook for people, and every sheet as CSV for machines."""

from ponplan.report.pack.write import PackOptions, write_pack

__all__ = ["PackOptions", "write_pack"]
