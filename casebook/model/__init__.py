"""The arithmetic of a case: expressions, money over time, lines and their result. No files, no notebooks."""
