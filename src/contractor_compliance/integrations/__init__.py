"""Other people's formats and frameworks, one module each: import the one you need, it alone asks for its package."""

__all__: list[str] = []
