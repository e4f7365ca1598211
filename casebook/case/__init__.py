"""Lines, pools and the money that follows from them: no files, no notebooks."""
