"""Refusals of requests."""

from __future__ import annotations

from localstack.aws.api import CommonServiceException


class ValidationError(CommonServiceException):  # type: ignore[misc]
    """A ``ValidationException``."""

    def __init__(self, message: str) -> None:
        super().__init__("ValidationException", message, sender_fault=True)


class SerializationError(CommonServiceException):  # type: ignore[misc]
    """A ``SerializationException``: the request cannot be read as it should be."""

    def __init__(self, message: str) -> None:
        super().__init__("SerializationException", message, sender_fault=True)
