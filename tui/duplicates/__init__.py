"""Recipients that may be one person, on the screen."""
