"""Running a notebook: the papermill engine `casebook`."""

# papermill looks its engines up while it is imported and so imports `engine`, which needs papermill's own
# classes: whoever comes first, papermill has to begin.
import papermill.engines  # noqa: F401
