"""What ``release`` and ``rollback`` share: what was released, what comes next, how it is made."""
