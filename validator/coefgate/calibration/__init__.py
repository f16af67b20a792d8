"""Stored calls → what a registry may state of itself: pure, and the same wherever it is asked."""
