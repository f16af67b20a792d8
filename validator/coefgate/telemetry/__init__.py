"""Records of calls, kept and watched: the store, figures of weeks, detectors, alerts."""
