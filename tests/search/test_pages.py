"""Page tokens: with the answer kept behind them and without, with others' and with junk."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.search.conftest import SCHEMAS, SCOPE, Shelf

from trialbook.errors import ValidationError
from trialbook.model import Kind
from trialbook.search.engine import Engine
from trialbook.search.query import KEEP_SECONDS, Token, digest
from trialbook.search.text import parse
from trialbook.search.tree import Query, SortKey

if TYPE_CHECKING:
    from collections.abc import Callable

RUN = Kind.TRIAL_COMPONENT
LONG = "s3://" + "x" * 2000
VALUES: list[object] = [1.0, 1.0, math.nan, -math.inf, -0.0, 0.0, "b", "ä", "a", "", LONG + "1", LONG + "2", LONG, None]


def fill(shelf: Shelf) -> None:
    for at, value in enumerate(VALUES):
        given = {"NumberValue": value} if isinstance(value, float) else {"StringValue": value}
        shelf.put(RUN, str(at), Parameters={} if value is None else {"p": given})


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 5])
def test_pages_go_on_where_they_were_on_a_server_that_keeps_nothing(descending: bool, limit: int) -> None:
    shelf = Shelf()
    fill(shelf)
    query = Query(RUN, SCOPE, sort=(SortKey("Parameters.p", descending), SortKey("DisplayName")), limit=100)
    expected = shelf.ask(query)[0]
    found: list[str] = []
    token = None
    while True:
        shelf.engine = Engine(SCHEMAS)
        names, page = shelf.ask(replace(query, limit=limit, token=token))
        found += names
        token = page.token
        if token is None:
            break
        assert len(token) <= 8192
    assert found == expected


def test_answers_are_kept_ten_minutes_and_then_paging_goes_on_in_what_is_there() -> None:
    now = [0.0]
    shelf = Shelf(engine=Engine(SCHEMAS, clock=lambda: now[0]))
    for name in ("a", "b", "c"):
        shelf.put(RUN, name, DisplayName=name)
    query = Query(RUN, SCOPE, sort=(SortKey("DisplayName"),), limit=1)
    token = shelf.ask(query)[1].token
    shelf.put(RUN, "aa", DisplayName="aa")
    now[0] = KEEP_SECONDS - 1
    assert shelf.ask(replace(query, token=token, limit=9))[0] == ["b", "c"]
    now[0] += KEEP_SECONDS - 1
    assert shelf.ask(replace(query, token=token, limit=9))[0] == ["b", "c"]
    now[0] += KEEP_SECONDS + 1
    assert shelf.ask(replace(query, token=token, limit=9))[0] == ["aa", "b", "c"]


@pytest.mark.parametrize(
    "change",
    [
        lambda query: replace(query, where=parse("DisplayName = a")),
        lambda query: replace(query, sort=(SortKey("DisplayName", descending=True),)),
        lambda query: replace(query, sort=(*query.sort, SortKey("LastModifiedTime"))),
        lambda query: replace(query, scope=None),
        lambda query: replace(query, kind=Kind.TRAINING_JOB, sort=(SortKey("TrainingJobName"),)),
        lambda query: replace(query, visibility=(("Tags.a", "b"),)),
    ],
)
def test_a_token_goes_with_its_own_query_only(shelf: Shelf, change: Callable[[Query], Query]) -> None:
    for name in ("a", "b", "c"):
        shelf.put(RUN, name, DisplayName=name)
    query = Query(RUN, SCOPE, sort=(SortKey("DisplayName"),), limit=1)
    token = shelf.ask(query)[1].token
    assert token
    with pytest.raises(ValidationError, match="Invalid pagination token because"):
        shelf.ask(replace(change(query), token=token))


@given(st.text(max_size=40) | st.binary(max_size=40).map(lambda raw: raw.hex()))
def test_junk_is_an_error_and_no_crash(token: str) -> None:
    shelf = Shelf()
    if token:
        with pytest.raises(ValidationError, match='Invalid pagination token because ".+"'):
            shelf.ask(Query(RUN, SCOPE, token=token))


@pytest.mark.parametrize("row", [-1, 1 << 40, 1 << 80])
def test_a_forged_place_is_an_error_and_no_crash(shelf: Shelf, row: int) -> None:
    shelf.put(RUN, "a")
    query = Query(RUN, SCOPE)
    forged = Token(digest(query), shelf.rev, row, (("number", 1.0),)).encode()
    with pytest.raises(ValidationError, match="Invalid pagination token"):
        shelf.ask(replace(query, token=forged))


def test_the_last_page_has_no_token_even_when_it_is_full(shelf: Shelf) -> None:
    for name in "abcd":
        shelf.put(RUN, name)
    _, page = shelf.ask(Query(RUN, SCOPE, limit=2))
    names, page = shelf.ask(Query(RUN, SCOPE, limit=2, token=page.token))
    assert len(names) == 2
    assert page.token is None
    assert page.total == 4


def test_records_deleted_between_pages_are_left_out_and_the_page_is_still_full(shelf: Shelf) -> None:
    for name in "abcdef":
        shelf.put(RUN, name, DisplayName=name)
    query = Query(RUN, SCOPE, sort=(SortKey("DisplayName"),), limit=2)
    token = shelf.ask(query)[1].token
    for name in "bd":
        shelf.delete(name)
    assert shelf.ask(replace(query, token=token))[0] == ["c", "e"]
