"""Map sheets of a service area: what lies on them, how it is named, and what stands in their margin."""
