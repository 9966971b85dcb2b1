"""What happened during a sign-on, kept and drawn for people."""
