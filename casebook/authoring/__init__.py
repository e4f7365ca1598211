"""The analyst's tools: to begin a case, to check it, and to write a type of case."""
