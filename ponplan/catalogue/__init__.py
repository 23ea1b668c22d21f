"""What each PON standard allows, what can be bought, what work costs."""

from ponplan.catalogue.catalogue import Catalogue
from ponplan.catalogue.columns import Column, catalogue_columns
from ponplan.catalogue.read import read_catalogue

__all__ = ["Catalogue", "Column", "catalogue_columns", "read_catalogue"]
