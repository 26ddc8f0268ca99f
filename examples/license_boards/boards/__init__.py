"""The boards whose registers this program reads: a module for each, and what they share."""
