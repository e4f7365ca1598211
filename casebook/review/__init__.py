"""What a sceptical reader would object to: the rules and what they find."""
