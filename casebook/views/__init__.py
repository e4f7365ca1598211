"""What a notebook shows: views made of components, and one renderer for each output."""
