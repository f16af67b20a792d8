"""The drill of the way back: release, break, notice, roll back, with real runners that follow.

It shares nothing with what it drills: it starts the commands and the runners as their users do,
and believes only what the runners wrote down.
"""
