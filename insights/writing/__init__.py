"""What a language model writes about transcripts, grounded in them."""
