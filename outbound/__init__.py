"""Everything the service asks of other people's servers goes through here: guarded, bounded, and killable."""
