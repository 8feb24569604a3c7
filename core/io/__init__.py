"""What the program does with the system: files, folders, processes. One place to review for security."""
