"""Changing a transcript by hand: its text, its cuts, who speaks, and everything back again."""
