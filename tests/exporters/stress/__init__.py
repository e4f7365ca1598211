"""Notebooks that put in everything an analyst may write; each piece carries a mark to be looked for.

A mark is a word of its own, such as `q7q`: what is not found in a document has been lost on the way.
"""
