"""The golden test: what the examples in params/ say, held against what they said when a person last looked.

A transcript under `examples/` holds what an example's record, page, PDF and workbook mean: headings with
their levels, tables with rows and cells, captions, links, formulas, names, attachments. It has no hashes,
versions, times or looks, and charts only by the text that stands for them. Each entry has its words on one
line, with a # for each figure, and its figures on the next: a reworded sentence hides no figure that moved.

`make golden` shows what moved, then writes it. A change that only rewords writes each text that it renames
into `renamed.yaml`, old: new, and passes with the transcripts as they are; `make golden` later works that in.
"""
