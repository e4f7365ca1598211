"""What is not known exactly and what follows: ranges, simulation, sensitivity, the value of information."""
