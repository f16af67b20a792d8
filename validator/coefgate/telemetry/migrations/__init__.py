"""The ways from each version of a store to the next; what is shipped once never changes."""
