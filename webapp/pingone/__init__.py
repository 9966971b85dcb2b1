"""What PingOne adds to OpenID Connect: flows, the resume endpoint, and who holds the ST cookie."""
