"""The case record: its type, the formulas in it, and the files that hold one."""
