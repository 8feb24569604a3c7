"""How calls change from week to week: of a recipient, and of an organization."""
