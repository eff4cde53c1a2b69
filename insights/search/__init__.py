"""Finding passages by words and by meaning, and quoting them."""
