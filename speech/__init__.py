"""Audio in, Transcript out."""
