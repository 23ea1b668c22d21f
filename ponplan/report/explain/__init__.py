"""Why a design is as it is, told in sentences."""

from ponplan.report.explain.gap import gap_lines
from ponplan.report.explain.overview import overview_lines
from ponplan.report.explain.places import customer_lines, site_lines
from ponplan.report.explain.ports import binding_words, port_lines
from ponplan.report.explain.rules import rule_lines

__all__ = ["binding_words", "customer_lines", "gap_lines", "overview_lines", "port_lines", "rule_lines", "site_lines"]
