"""What calls are labelled: by their source, by a file beside it, or by rules."""
