"""The design file: one GeoPackage that holds a whole network, for programs and for people."""

from ponplan.topology.file.read import read_network
from ponplan.topology.file.schema import SCHEMA_VERSION, TABLES
from ponplan.topology.file.write import write_network

__all__ = ["SCHEMA_VERSION", "TABLES", "read_network", "write_network"]
