"""A migration each, which stays as it is once stores were made by it."""
