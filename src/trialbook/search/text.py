"""The text form of a search, read and written.

::

    search    = all ("or" all)*
    all       = one ("and" one)*
    one       = "not" one | "(" search ")" | "exists" name | condition | words
    condition = name ("=" | "!=" | "<" | "<=" | ">" | ">=" | "contains") value
              | name "in" "(" value ("," value)* ")"
              | name "between" "(" value "," value ")"
              | name "has" "(" condition ("and" condition)* ")"      one element of a list satisfies all of them
    words     = value+                                               each in some text property, without case
    name      = what stands bare, or "in double quotes"; also Root."what has spaces or operators"
    value     = what stands bare, or 'quoted', or "quoted"

Keywords are read without case; in quotes they are names and values. Inside quotes a backslash keeps the next character.
`and` binds stronger than `or`, `not` stronger than both; `not exists X` is the operator NotExists. Empty text finds
everything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from trialbook.errors import ValidationError
from trialbook.search.tree import EVERYTHING, Condition, Group, Nested, Node, Not, Operator, Words
from trialbook.search.values import text_of

_SIGNS = {
    "=": Operator.EQUALS,
    "!=": Operator.NOT_EQUALS,
    "<": Operator.LESS_THAN,
    "<=": Operator.LESS_THAN_OR_EQUAL_TO,
    ">": Operator.GREATER_THAN,
    ">=": Operator.GREATER_THAN_OR_EQUAL_TO,
}
_SIGN_OF = {operator: sign for sign, operator in _SIGNS.items()}
_AFTER_NAME = {"contains", "in", "between", "has"}
_KEYWORDS = {"and", "or", "not", "exists", *_AFTER_NAME}
_QUOTED = r'"(?:[^"\\]|\\.)*"' + r"|'(?:[^'\\]|\\.)*'"
_BARE = r"""(?:[^\s()=,<>!"']|!(?!=))(?:[^\s()=,<>!"]|!(?!=))*"""
_TOKEN = re.compile(
    rf"""\s*(?:(?P<sign>!=|<=|>=|=|<|>|\(|\)|,)|(?P<path>{_BARE}\.)(?P<rest>"(?:[^"\\]|\\.)*")"""
    rf"""|(?P<quoted>{_QUOTED})|(?P<bare>{_BARE}))""",
    re.DOTALL,
)
_WHOLE_BARE = re.compile(_BARE, re.DOTALL)
DEEPEST = 100


class TextError(ValidationError):
    """The text of a search cannot be read.

    Attributes
    ----------
    column
        Where, counted in characters from 1.
    """

    def __init__(self, text: str, column: int, problem: str) -> None:
        self.column = column
        start = text.rfind("\n", 0, column - 1) + 1
        end = text.find("\n", column - 1)
        line = text[start : len(text) if end < 0 else end]
        caret = " " * (column - 1 - start) + "^"
        super().__init__(f"Column {column}: {problem}\n  {line}\n  {caret}")


@dataclass(frozen=True, slots=True)
class _Token:
    """`kind` is a sign, "word" (bare), "name" (with a quoted part), "quoted" or "end"; `column` counts from 1."""

    kind: str
    text: str
    column: int

    @property
    def keyword(self) -> str:
        """The keyword that this is, or nothing."""
        return self.text.lower() if self.kind == "word" and self.text.lower() in _KEYWORDS else ""


def parse(text: str) -> Node:
    """Read a search. Raises TextError, which says where and what was expected."""
    return _Parser(text).whole()


def format_node(node: Node) -> str:
    """Write a tree so that `parse` reads the same tree; conditions without case have no text form and are described."""
    return "" if node == EVERYTHING else _write(node)


def _tokens(text: str) -> list[_Token]:
    found, at = [], 0
    while match := _TOKEN.match(text, at):
        column = match.start(match.lastgroup or 0) + 1
        if match["sign"]:
            found.append(_Token(match["sign"], match["sign"], column))
        elif match["path"]:
            found.append(_Token("name", match["path"] + _unquote(match["rest"]), match.start("path") + 1))
        elif match["quoted"]:
            found.append(_Token("quoted", _unquote(match["quoted"]), column))
        else:
            found.append(_Token("word", match["bare"], column))
        at = match.end()
    rest = text[at:].lstrip()
    if rest:
        column = len(text) - len(rest) + 1
        problem = "this quote is never closed" if rest[0] in "\"'" else f"'{rest[0]}' cannot stand here"
        raise TextError(text, column, problem)
    return [*found, _Token("end", "", len(text.rstrip()) + 1)]


def _unquote(quoted: str) -> str:
    return re.sub(r"\\(.)", r"\1", quoted[1:-1], flags=re.DOTALL)


class _Parser:
    """Recursive descent, one token ahead."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.at = 0
        self.depth = 0

    def whole(self) -> Node:
        if self._next.kind == "end":
            return EVERYTHING
        node = self._any()
        if self._next.kind != "end":
            raise self._expected("and, or, or the end")
        return node

    @property
    def _next(self) -> _Token:
        return self.tokens[self.at]

    def _take(self) -> _Token:
        token = self.tokens[self.at]
        self.at += 1
        return token

    def _expected(self, what: str) -> TextError:
        token = self._next
        found = "the text ends here" if token.kind == "end" else f"found '{token.text}'"
        return TextError(self.text, token.column, f"expected {what}; {found}.")

    def _sign(self, sign: str, what: str) -> None:
        if self._next.kind != sign:
            raise self._expected(what)
        self._take()

    def _any(self) -> Node:
        nodes = [self._all()]
        while self._next.keyword == "or":
            self._take()
            nodes.append(self._all())
        return nodes[0] if len(nodes) == 1 else Group(every=False, nodes=tuple(nodes))

    def _all(self) -> Node:
        nodes = [self._one()]
        while self._next.keyword == "and":
            self._take()
            nodes.append(self._one())
        return nodes[0] if len(nodes) == 1 else Group(every=True, nodes=tuple(nodes))

    def _one(self) -> Node:
        self.depth += 1
        if self.depth > DEEPEST:
            raise TextError(self.text, self._next.column, f"parentheses and nots go deeper than {DEEPEST}.")
        node = self._simple()
        self.depth -= 1
        return node

    def _simple(self) -> Node:
        keyword = self._next.keyword
        if keyword == "not":
            return self._not()
        if keyword == "exists":
            self._take()
            return Condition(self._name(), Operator.EXISTS)
        if self._next.kind == "(":
            return self._group()
        if keyword or self._next.kind not in {"word", "name", "quoted"}:
            raise self._expected("a property, a word, not, exists or (")
        return self._condition(nested=True) if self._compares() else self._words()

    def _compares(self) -> bool:
        """Say whether the next token is a property: an operator stands behind it."""
        following = self.tokens[min(self.at + 1, len(self.tokens) - 1)]
        return following.kind in _SIGNS or following.keyword in _AFTER_NAME

    def _not(self) -> Node:
        self._take()
        if self._next.keyword == "exists":
            self._take()
            return Condition(self._name(), Operator.NOT_EXISTS)
        return Not(self._one())

    def _group(self) -> Node:
        self._take()
        if self._next.kind == ")":
            self._take()
            return EVERYTHING
        node = self._any()
        self._sign(")", "and, or, or )")
        return node

    def _words(self) -> Node:
        words: list[Node] = []
        while self._next.kind in {"word", "quoted"} and not self._next.keyword and not self._compares():
            words.append(Words(self._take().text))
        if not words:
            self._take()
            raise self._expected("an operator after the property")
        if self._next.kind in {"word", "name", "quoted"} and not self._next.keyword:
            raise self._expected("and or or before the next property")
        return words[0] if len(words) == 1 else Group(every=True, nodes=tuple(words))

    def _condition(self, *, nested: bool) -> Node:
        name = self._name()
        token = self._next
        if token.kind in _SIGNS:
            self._take()
            return Condition(name, _SIGNS[token.kind], self._value())
        if token.keyword == "contains":
            self._take()
            return Condition(name, Operator.CONTAINS, self._value())
        if token.keyword in {"in", "between"}:
            return self._listed(name)
        if token.keyword == "has" and nested:
            return self._nested(name)
        raise self._expected("= != < <= > >= contains in or between")

    def _listed(self, name: str) -> Node:
        token = self._take()
        self._sign("(", "( and the values")
        values = [self._value()]
        while self._next.kind == ",":
            self._take()
            values.append(self._value())
        if token.keyword == "between" and len(values) != 2:
            raise self._expected("exactly two values in between (low, high)")
        self._sign(")", ", or )")
        return Condition(name, Operator.IN if token.keyword == "in" else Operator.BETWEEN, tuple(values))

    def _nested(self, name: str) -> Node:
        self._take()
        self._sign("(", "( and the conditions of one element")
        conditions = [self._inner()]
        while self._next.keyword == "and":
            self._take()
            conditions.append(self._inner())
        self._sign(")", "and or )")
        return Nested(name, tuple(conditions))

    def _inner(self) -> Condition:
        operator = Operator.EXISTS
        if self._next.keyword == "not":
            self._take()
            operator = Operator.NOT_EXISTS
            if self._next.keyword != "exists":
                raise self._expected("exists")
        if self._next.keyword == "exists":
            self._take()
            return Condition(self._name(), operator)
        node = self._condition(nested=False)
        assert isinstance(node, Condition)
        return node

    def _name(self) -> str:
        token = self._next
        if token.kind not in {"word", "name", "quoted"} or token.keyword or not token.text:
            raise self._expected("a property")
        return self._take().text

    def _value(self) -> str:
        token = self._next
        if token.kind not in {"word", "quoted"}:
            raise self._expected("a value")
        if token.keyword:
            raise self._expected(f'a value (write "{token.text}" to mean the word)')
        return self._take().text


def _write(node: Node) -> str:
    match node:
        case Condition():
            return _write_condition(node)
        case Words():
            return _value_text(node.text)
        case Nested():
            return f"{_name_text(node.property)} has ({' and '.join(map(_write, node.conditions))})"
        case Not(node=inner):
            return f"not {_part(inner)}"
        case Group(nodes=()):
            return "()" if node.every else "not ()"
        case _:
            joint = " and " if node.every else " or "
            return joint.join(map(_part, node.nodes))


def _part(node: Node) -> str:
    if isinstance(node, Group) or (isinstance(node, Condition) and node.operator is Operator.EXISTS):
        return f"({_write(node)})" if node != EVERYTHING else "()"
    return _write(node)


def _write_condition(condition: Condition) -> str:
    name, operator, value = _name_text(condition.name), condition.operator, condition.value
    if operator is Operator.EXISTS:
        return f"exists {name}"
    if operator is Operator.NOT_EXISTS:
        return f"not exists {name}"
    values = ", ".join(_value_text(one) for one in (value if isinstance(value, tuple) else (value,)) if one is not None)
    if operator in {Operator.IN, Operator.BETWEEN}:
        return f"{name} {operator.name.lower()} ({values})"
    return f"{name} {_SIGN_OF.get(operator, operator.value.lower())} {values}"


def _value_text(value: str | float) -> str:
    text = value if isinstance(value, str) else text_of(value)
    return text if _WHOLE_BARE.fullmatch(text) and text.lower() not in _KEYWORDS else _quote(text)


def _name_text(name: str) -> str:
    if _WHOLE_BARE.fullmatch(name) and name.lower() not in _KEYWORDS:
        return name
    root, dot, rest = name.partition(".")
    return f"{root}.{_quote(rest)}" if dot and _WHOLE_BARE.fullmatch(root) else _quote(name)


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


format = format_node  # noqa: A001 - `text.format(node)` beside `text.parse(text)`
