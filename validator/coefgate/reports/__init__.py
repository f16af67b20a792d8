"""Results → text, JSON and annotations. Nothing is computed here."""
