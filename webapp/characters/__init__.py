"""Characters: what the box means, and the index that answers it."""
