"""What a log may say of a mistake: not its message, which may quote what was sent."""

from __future__ import annotations


def place(error: BaseException) -> str:
    """Where ``error`` was raised: ``file.py:17``."""
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    if where is None:
        return ""
    return f"{where.tb_frame.f_code.co_filename.rpartition('/')[2]}:{where.tb_lineno}"
