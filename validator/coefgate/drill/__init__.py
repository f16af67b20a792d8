"""The drill: plants regressions and harmless changes, and looks whether the gate tells them apart."""
