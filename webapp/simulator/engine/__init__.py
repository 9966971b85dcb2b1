"""PingOne's side of the protocol, without HTTP: applications, users, flows, sessions, grants, keys."""
