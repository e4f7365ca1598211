"""How formulas, figures and results are written for a reader, in the currency and language of the case."""
