"""The workbook: the case's trees as live formulas, sheet by sheet.

`formula.py` writes a tree as a spreadsheet formula (`naming.py` names its inputs) · `sheet_plan.py` settles
where everything stands (`rows.py`) before anything is written · `styles.py` has the formats · `page.py` is a
sheet on which a text stays a text · `book.py` makes the whole; each other module is a sheet or two.
"""
