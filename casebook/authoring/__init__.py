"""The analyst's desk: what helps to begin a case, to check it and to write a type of case."""
