"""Changes that harm nothing, by family: a gate that stops them is in the way."""
