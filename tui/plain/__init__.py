"""The console in lines, for screen readers, braille lines and terminals without a screen: ``carecall --plain``."""
