"""A back office without a framework, with the compliance desk inside its transactions."""
