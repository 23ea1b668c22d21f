"""Drawings to build from: single-line diagrams, map sheets and splice diagrams as SVG or PDF."""
