"""What the program says of its own API: OpenAPI, AsyncAPI, and a page for people."""
