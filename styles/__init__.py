"""The stylesheets of the console, carried by the wheel."""
