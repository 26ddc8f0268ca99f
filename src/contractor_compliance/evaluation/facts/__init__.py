"""What is known, made ready for judging: statements resolved into facts, and the days on which cover is in force."""
