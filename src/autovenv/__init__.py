"""autovenv: a project's virtual environment, active while one stands in the project."""

__version__ = "0.1.0"
