"""What a notebook shows: views as data, and how each looks."""
