"""What Lighthouse says of our pages."""
