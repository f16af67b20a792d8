"""The drill: plants regressions and harmless changes; does the gate tell them apart?"""
