"""Reading what a user wrote: YAML with the line of everything in it, and all that is wrong at once."""
