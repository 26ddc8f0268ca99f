"""A staffing agency's own application, with the compliance desk inside its transactions."""
