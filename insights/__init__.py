"""What a transcript means: passages, embeddings, search, chapters, topics, summaries and answers."""
