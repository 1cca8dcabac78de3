"""What git knows of a path, read from its files: git itself is never run."""
