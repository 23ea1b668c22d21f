"""Planning on what stands already: an earlier design's plant is kept, the rest is solved anew."""
