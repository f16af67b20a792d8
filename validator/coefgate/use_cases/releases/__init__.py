"""What ``release`` and ``rollback`` share: what was released, what comes next, and how it is made."""
