"""What the network is, and whether its light, load and shape are sound."""

from ponplan.topology.file import read_network, write_network
from ponplan.topology.network import Network

__all__ = ["Network", "read_network", "write_network"]
