"""A case with all that is found out about it, and the record of both."""
