"""What each report says: its page, made of the blocks of ``reports.page``."""
