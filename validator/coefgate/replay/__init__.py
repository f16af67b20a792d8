"""Coefficients × samples → scores: every stored call predicted, and the predictions measured."""
