"""Running a notebook: the papermill engine `casebook`."""
