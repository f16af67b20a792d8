"""What runner and validator share: words, problems, path rules, snapshot, estimate, releases.

Standard library only: a runner imports all of it.
"""
