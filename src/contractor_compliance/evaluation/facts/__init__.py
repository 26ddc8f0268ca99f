"""The dossier made ready for judging: statements resolved into facts, and the days on which cover is in force."""
