"""What runner and validator share, by the standard library alone: a runner imports all of it."""
