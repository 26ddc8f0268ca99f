"""The judgment of each kind of requirement on one day, by the facts alone."""
