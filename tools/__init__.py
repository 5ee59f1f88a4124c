"""Development-time programs; nothing here runs in the server."""
