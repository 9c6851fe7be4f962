"""Stepwire: plan and apply the modules against LocalStack, and assert what they do."""

__version__ = "0.1.0"
