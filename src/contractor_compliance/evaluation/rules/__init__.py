"""The requirements: the compiled rule book, the tables of law, and each requirement in words."""
