"""The same attacks against naive twins and against this application, recorded."""
