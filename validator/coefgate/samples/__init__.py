"""Stored calls: JSON Lines → samples, what each is good for, and how new ones are added."""
