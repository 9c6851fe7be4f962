"""Decisions by people, on pages that a function URL serves."""
