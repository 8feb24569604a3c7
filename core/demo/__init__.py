"""The sample database: people, calls and notes that never existed."""
