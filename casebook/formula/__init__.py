"""Traced arithmetic: expressions on named inputs, their units, their values, and how they are written."""
