"""Recipients that may be one person: found, compared, merged, told apart."""
