"""Stand-ins for what the function calls: OpenAI, AWS, and the host of the photos."""
