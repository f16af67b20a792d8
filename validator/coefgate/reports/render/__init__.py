"""How a page looks in each format."""
