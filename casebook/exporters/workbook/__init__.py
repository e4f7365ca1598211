"""The workbook: the case's trees as live formulas, sheet by sheet.

trees.py      walking and evaluating the trees of a record
formula.py    a tree as a spreadsheet formula
naming.py     defined names that are never cell references
rates.py      how many internal rates a cash flow has, in Python as the sheets do it
plan.py       where everything stands, before anything is written
styles.py     formats by unit, currency and purpose
page.py       a sheet to write on: text is never a formula
book.py       the whole workbook; the other modules are one sheet each
"""
