"""What is asked: questionnaires as data, and the one checker of answers. Standard library only."""
