"""What a parameter file and an inputs.yaml may hold, declared once: check, JSON Schema, templates."""
