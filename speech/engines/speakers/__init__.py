"""Diarization on this machine: samples in, speaker turns out. Imported by the engine process alone."""
