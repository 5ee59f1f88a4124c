"""Charfinder: find any Unicode character, and download flags as jobs that lose nothing."""

__version__ = "0.1.0"
