"""Speed as ratios: each figure against its comparator in the same run. Run with: make bench"""
