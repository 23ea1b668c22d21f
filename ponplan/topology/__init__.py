"""What the network is, and whether its light, load and shape are sound."""

from ponplan.topology.check import check_network
from ponplan.topology.file import read_network, write_network
from ponplan.topology.network import Network
from ponplan.topology.trace import trace_customer
from ponplan.topology.violation import Violation

__all__ = ["Network", "Violation", "check_network", "read_network", "trace_customer", "write_network"]
