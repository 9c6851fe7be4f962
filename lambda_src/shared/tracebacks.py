"""Locations of errors for logs, without messages, which may quote what was sent."""

from __future__ import annotations


def location(error: BaseException) -> str:
    """The line that raised ``error``: ``file.py:17``."""
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    if where is None:
        return ""
    return f"{where.tb_frame.f_code.co_filename.rpartition('/')[2]}:{where.tb_lineno}"
