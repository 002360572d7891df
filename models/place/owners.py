"""The owner of a home in the register: name and phone, sealed to the home that they belong to."""

from typing import TypedDict

from models.base.privacy import blind, seal, unseal

Key = tuple[int, str, str]  # building, unit ("" without one), room


class OwnerColumns(TypedDict, total=False):
    """Columns of a Household."""

    owner_sealed: str | None
    phone_sealed: str | None
    phone_hash: str | None


def sealed_owner(key: Key, **said: str | None) -> OwnerColumns:
    """The columns for `owner` and `phone`, for those of the two that are given. None clears."""
    columns: OwnerColumns = {}
    if "owner" in said:
        owner = said["owner"]
        columns["owner_sealed"] = seal(owner, _where("owner", key)) if owner else None
    if "phone" in said:
        phone = said["phone"]
        columns["phone_sealed"] = seal(phone, _where("phone", key)) if phone else None
        columns["phone_hash"] = blind(phone, "phone") if phone else None
    return columns


def open_owner(key: Key, sealed: str | None) -> str | None:
    return unseal(sealed, _where("owner", key)) if sealed else None


def open_phone(key: Key, sealed: str | None) -> str | None:
    return unseal(sealed, _where("phone", key)) if sealed else None


def _where(column: str, key: Key) -> str:
    building, unit, room = key
    return f"households.{column}/{building}/{unit}/{room}"
