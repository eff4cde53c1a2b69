"""Understanding a transcript without a language model: everything is taken from the transcript itself."""
