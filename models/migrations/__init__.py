"""How the tables came about, one file per change."""
