"""What the law asks of who keeps such data: what is found here, and what that comes to."""
