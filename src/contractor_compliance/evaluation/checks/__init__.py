"""Single comparisons of one requirement with one policy or exemption."""
