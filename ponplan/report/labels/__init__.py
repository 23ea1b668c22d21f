"""Labels: a sheet of codes and names for everything that people must find again, and the answer to a scanned code."""

from ponplan.report.labels.answer import scan_code
from ponplan.report.labels.write import LabelOptions, write_labels

__all__ = ["LabelOptions", "scan_code", "write_labels"]
