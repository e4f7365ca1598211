"""Putting a report in its place: whole or not at all, and with a manifest that says what it follows from."""
