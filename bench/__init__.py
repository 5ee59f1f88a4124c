"""Measurements: each prints figures of one run, against a peer in the same run."""
