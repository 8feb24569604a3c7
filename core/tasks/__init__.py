"""The day's work: what calls brought up and what somebody has to do about it."""
