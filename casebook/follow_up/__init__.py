"""A case after its approval: plan against actual, and where it is heading."""
