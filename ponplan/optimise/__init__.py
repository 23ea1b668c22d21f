"""Pure mathematics on arrays: locate, assign, route, pair disjointly, bound."""
