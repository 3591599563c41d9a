"""How does an index table leave the house? One layout, and one writer a file format."""
