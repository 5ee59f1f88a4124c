"""Characters by lines of text over TCP, as the book's programs gave them."""
