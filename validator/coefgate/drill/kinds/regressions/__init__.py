"""Ways to make a registry worse, or to cheat its gate, by family."""
