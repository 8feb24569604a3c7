"""Tags on recipients: the dialog that gives and takes them."""
