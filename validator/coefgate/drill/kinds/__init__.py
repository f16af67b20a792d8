"""Every kind of change that is planted: regressions, and changes that harm nothing."""
