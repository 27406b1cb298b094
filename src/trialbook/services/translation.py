"""The text grammar and SageMaker's SearchExpression, each from the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from trialbook.errors import ValidationError
from trialbook.search import expression, text
from trialbook.search.tree import EVERYTHING
from trialbook.services.search_schemas import schemas
from trialbook.services.tables import Resource, Where, read_where
from trialbook.services.text_search import kind_of

if TYPE_CHECKING:
    from trialbook.model import Document
    from trialbook.services.context import Call


@dataclass(frozen=True, slots=True)
class TranslateForm:
    """A condition, in either form."""

    where: Where = None
    resource: Resource = "run"


def translate(call: Call, form: TranslateForm) -> Document:
    """Give a condition in both forms: `text` and `expression`.

    `expression` is None where SageMaker's form cannot say it (`problem` says what), or where there is no condition.
    """
    del call
    node = read_where(form.where)
    if node is EVERYTHING:
        return {"text": "", "expression": None, "problem": None}
    try:
        told = expression.to_wire(node, schemas()[kind_of(form.resource)].is_single)
        return {"text": text.format_node(node), "expression": told, "problem": None}
    except ValidationError as error:
        return {"text": text.format_node(node), "expression": None, "problem": error.message}
