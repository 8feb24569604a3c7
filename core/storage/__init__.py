"""The database as a whole: set up, brought up to date, copied, taken over into another."""
