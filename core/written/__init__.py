"""What admins who came in by a forced command wrote out: it lies on the host, in a folder of each admin's own."""
