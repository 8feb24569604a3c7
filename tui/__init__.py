"""The console: screens, widgets and the commands without a screen."""
