"""Names: whether two of them mean the same legal person, human being or insurer (domain rules B7, B14.1, B14.8)."""
