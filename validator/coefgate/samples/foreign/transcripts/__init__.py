"""What agents write of their own sessions: replies in pieces, edits and their results, turns."""
