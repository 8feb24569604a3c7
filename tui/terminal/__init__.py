"""The terminal: driver, renderer, signals, type-ahead. Every private name of Textual and Rich is used here.

``tests/architecture/test_private_names.py`` says what each is for, and which one a new version has changed.
"""
