"""A language model behind any chat endpoint that speaks OpenAI's protocol."""
