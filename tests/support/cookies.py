"""What a browser does with Set-Cookie, as far as visitors without a browser need it."""


def keep(cookies: dict[str, str], line: str) -> None:
    """Take a `Set-Cookie` into account: a new value, or the end of a cookie."""
    name, _, value = line.partition(";")[0].partition("=")
    if value and "Max-Age=0" not in line:
        cookies[name] = value
    else:
        cookies.pop(name, None)
