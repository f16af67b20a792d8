"""What is watched: each alarm from the records of a week to one of three answers."""
