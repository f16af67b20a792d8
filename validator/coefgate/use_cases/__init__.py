"""What a command does, without parsing and printing: a script or a notebook can call it."""
