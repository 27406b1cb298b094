"""Keeping of an answer what its shape has: documents hold more than any one operation answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from trialbook.model import Document
    from trialbook.wire.catalog import Shape


def project(shape: Shape, document: Mapping[str, Any]) -> Document:
    """Keep the shape's members, recursively; None and everything else goes."""
    members = shape.members
    kept = {}
    for name, value in document.items():
        member = members.get(name)
        if member is not None and value is not None:
            kept[name] = _project(member, value)
    return kept


def _project(shape: Shape, value: Any) -> Any:
    kind = shape.type_name
    if kind == "structure":
        return value if shape.is_document_type else project(shape, value)
    if kind == "list":
        member = shape.member
        if member.type_name in _NESTED:
            return [_project(member, item) for item in value if item is not None]
        return [item for item in value if item is not None]
    if kind == "map":
        member = shape.value
        if member.type_name in _NESTED:
            return {name: _project(member, item) for name, item in value.items() if item is not None}
        return {name: item for name, item in value.items() if item is not None}
    return value


_NESTED = frozenset({"structure", "list", "map"})
