"""The least-cost network for an area, sized, with its gap and its bill."""
