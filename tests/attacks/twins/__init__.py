"""Naive twins of this application: the sign-on that most people write. Never to be copied; each hole is attacked."""
