"""Measurements, run by hand: `python -m bench.engine`, `python -m bench.wer`."""
