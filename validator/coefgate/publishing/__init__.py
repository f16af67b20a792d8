"""Tell GitHub the verdict, and people an alert. Standard library only, but for what sends alerts.

A failed installation must still be announced, so the verdict needs no package; ``notifications``
imports Apprise when it is used.
"""
