"""Two paths between two nodes that no single failure cuts both: disjoint in links, nodes or shared-risk groups."""
