"""What other numbers would do: attribution, movers, ranges, smallest change, feasible margin."""
