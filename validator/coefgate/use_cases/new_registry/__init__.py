"""What a new registry is made of: its files, those around it, and the places where they go."""
