"""Tell GitHub the verdict: a commit status and one comment. Standard library only.

A failed installation must still be announced, so nothing here needs a package.
"""
