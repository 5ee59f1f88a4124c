"""Flags: countries, the sources of their flags, and how an image is fetched and kept."""
