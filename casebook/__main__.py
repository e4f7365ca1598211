"""`python -m casebook`: the same as the command `casebook`."""

from casebook.cli import main

main()
