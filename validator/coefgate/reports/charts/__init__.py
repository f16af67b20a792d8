"""What each figure of a calibration page shows: numbers to charts, which others draw."""
