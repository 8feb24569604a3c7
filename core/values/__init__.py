"""What things are, apart from where they come from: text, numbers, days, words, settings. Pure."""
