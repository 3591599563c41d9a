"""What the answers mean: index scores with their n, interval and method. No web, no database."""

__version__ = "0.1.0"
