r"""The text grammar of Search, both ways.

::

    or       = and {"or" and}
    and      = unary {["and"] unary}                     "and" may be left out between bare words
    unary    = "not" unary | "(" or ")" | condition | words
    condition = "exists" name | "not" "exists" name
             | name ("=" | "!=" | "<" | "<=" | ">" | ">=" | "contains" | "~" | "~=") value
             | name ["not"] "in" "(" value {"," value} ")" | name "between" "(" value "," value ")"
             | "any" name "(" condition {"and" condition} ")"    one element of a list satisfies all
    words    = bare word | quoted text                   some text property contains it, without case

Names with spaces or operators take double quotes, whole or in part: `Metrics."shap.Capital Gain" > 0.1`. Values are
numbers, bare words, or texts in single or double quotes, with `\` before a quote or a backslash. `~` is `contains` and
`~=` is `=` without regard to case. Keywords are known in any case, and are words when quoted.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from trialbook.errors import ValidationError
from trialbook.search.tree import EVERYTHING, Condition, Group, Nested, Node, Not, Operator, Words

MAX_DEPTH = 60
_SYMBOLS = {
    "=": Operator.EQUALS,
    "==": Operator.EQUALS,
    "!=": Operator.NOT_EQUALS,
    "<>": Operator.NOT_EQUALS,
    "<": Operator.LESS_THAN,
    "<=": Operator.LESS_THAN_OR_EQUAL_TO,
    ">": Operator.GREATER_THAN,
    ">=": Operator.GREATER_THAN_OR_EQUAL_TO,
    "~": Operator.CONTAINS_FOLDED,
    "~=": Operator.EQUALS_FOLDED,
}
_WRITTEN = {
    **{operator: symbol for symbol, operator in reversed(_SYMBOLS.items())},
    Operator.CONTAINS: "contains",
}
_KEYWORDS = frozenset({"and", "or", "not", "contains", "in", "between", "exists", "any"})
_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<symbol>[(),]|==|!=|<>|<=|>=|~=|[=<>~])
      | (?P<word>(?:[^\s(),=<>~!"']|!(?!=)|"(?:[^"\\]|\\.)*")+)
      | (?P<text>'(?:[^'\\]|\\.)*')""",
    re.VERBOSE | re.DOTALL,
)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_NUMBER = re.compile(r"[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)", re.IGNORECASE)
_PLAIN = re.compile(r"""[^\s(),=<>~!"'\\]+""")


class TextError(ValidationError):
    """The text is no expression. `column` counts from 1."""

    def __init__(self, text: str, position: int, expected: str) -> None:
        self.column = position + 1
        line = text.replace("\n", " ").replace("\t", " ")
        start = max(0, position - 60)
        shown = line[start : position + 40]
        super().__init__(f"Column {self.column}: expected {expected}.\n  {shown}\n  {' ' * (position - start)}^")


@dataclass(frozen=True, slots=True)
class _Token:
    """`kind` is symbol, keyword, word (bare, or with quoted parts), string (quoted as a whole) or end."""

    kind: str
    text: str
    position: int


def parse(text: str) -> Node:
    """Read an expression; an empty text finds everything. Raises `TextError` with the column and what was expected."""
    tokens = _tokens(text)
    if tokens[0].kind == "end":
        return EVERYTHING
    reader = _Reader(text, tokens)
    node = reader.either(0)
    reader.end()
    return node


def _tokens(text: str) -> list[_Token]:
    tokens = []
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if found is None:
            what = "a closing quote" if text[position] in "\"'" else "a name, a value or an operator"
            raise TextError(text, position, what)
        if found.lastgroup != "space":
            tokens.append(_token(found))
        position = found.end()
    return [*tokens, _Token("end", "", len(text))]


def _token(found: re.Match[str]) -> _Token:
    raw, position = found.group(), found.start()
    if found.lastgroup == "symbol":
        return _Token("symbol", raw, position)
    if found.lastgroup == "text":
        return _Token("string", _unescape(raw[1:-1]), position)
    if raw.casefold() in _KEYWORDS:
        return _Token("keyword", raw.casefold(), position)
    whole = _QUOTED.fullmatch(raw)
    if whole:
        return _Token("string", _unescape(whole.group(1)), position)
    return _Token("word", _QUOTED.sub(lambda part: _unescape(part.group(1)), raw), position)


def _unescape(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


class _Reader:
    """Walks the tokens once, one method a rule."""

    def __init__(self, text: str, tokens: list[_Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.at = 0

    @property
    def next(self) -> _Token:
        return self.tokens[self.at]

    def fail(self, expected: str) -> TextError:
        return TextError(self.text, self.next.position, expected)

    def take(self, kind: str, *texts: str) -> _Token | None:
        token = self.next
        if token.kind != kind or (texts and token.text not in texts):
            return None
        self.at += 1
        return token

    def need(self, symbol: str, after: str) -> None:
        if self.take("symbol", symbol) is None:
            raise self.fail(f"'{symbol}' {after}")

    def end(self) -> None:
        if self.next.kind != "end":
            raise self.fail("'and', 'or' or the end")

    def either(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise self.fail(f"at most {MAX_DEPTH} parentheses and 'not' within each other")
        nodes = [self.all(depth)]
        while self.take("keyword", "or"):
            nodes.append(self.all(depth))
        return nodes[0] if len(nodes) == 1 else Group(every=False, nodes=tuple(nodes))

    def all(self, depth: int) -> Node:
        nodes = [self.unary(depth)]
        while self.take("keyword", "and") or (isinstance(nodes[-1], Words) and self.next.kind in {"word", "string"}):
            nodes.append(self.unary(depth))
        return nodes[0] if len(nodes) == 1 else Group(every=True, nodes=tuple(nodes))

    def unary(self, depth: int) -> Node:
        negations = 0
        while self.take("keyword", "not"):
            negations += 1
            if depth + negations > MAX_DEPTH:
                raise self.fail(f"at most {MAX_DEPTH} parentheses and 'not' within each other")
        node = self.primary(depth + 1 + negations)
        if negations and isinstance(node, Condition) and node.operator is Operator.EXISTS and self._bare_exists():
            node, negations = Condition(node.name, Operator.NOT_EXISTS), negations - 1
        for _ in range(negations):
            node = Not(node)
        return node

    def _bare_exists(self) -> bool:
        """Whether what was just read is `exists NAME` itself, not in parentheses."""
        return self.tokens[self.at - 1].text != ")" or self.tokens[self.at - 1].kind != "symbol"

    def primary(self, depth: int) -> Node:
        if self.take("symbol", "("):
            node = self.either(depth)
            self.need(")", "to close the parenthesis")
            return node
        if self.take("keyword", "exists"):
            return Condition(self.name("after 'exists'"), Operator.EXISTS)
        if self.take("keyword", "any"):
            return self.nested()
        token = self.take("word") or self.take("string")
        if token is None:
            raise self.fail("a property name, a word, '(', 'not', 'exists' or 'any'")
        if self.next.kind == "symbol" and self.next.text in _SYMBOLS:
            return self.comparison(token.text)
        if self.next.kind == "keyword" and (
            self.next.text in {"contains", "in", "between"}
            or (self.next.text == "not" and self.tokens[self.at + 1].text in {"in", "contains"})
        ):
            return self.comparison(token.text)
        return Words(token.text)

    def nested(self) -> Nested:
        name = self.name("of a list after 'any'")
        self.need("(", f"after 'any {name}'")
        conditions = [self.condition()]
        while self.take("keyword", "and"):
            conditions.append(self.condition())
        self.need(")", "to close 'any', or 'and'")
        return Nested(name, tuple(conditions))

    def condition(self) -> Condition:
        node = self.unary(0)
        if not isinstance(node, Condition):
            raise self.fail("a condition on one property, joined by 'and', within 'any'")
        return node

    def name(self, where: str) -> str:
        token = self.take("word") or self.take("string")
        if token is None:
            raise self.fail(f"a property name {where}")
        return token.text

    def comparison(self, name: str) -> Node:
        if self.take("keyword", "not"):
            return Not(self.comparison(name))
        if self.take("keyword", "in"):
            return Condition(name, Operator.IN, self.values("in"))
        if self.take("keyword", "between"):
            values = self.values("between")
            if len(values) != 2:
                at = self.tokens[self.at - 1].position
                raise TextError(self.text, at, f"two values, not {len(values)}, in 'between (low, high)'")
            return Condition(name, Operator.BETWEEN, values)
        if self.take("keyword", "contains"):
            return Condition(name, Operator.CONTAINS, self.value("after 'contains'"))
        symbol = self.next.text
        self.at += 1
        return Condition(name, _SYMBOLS[symbol], self.value(f"after '{symbol}'"))

    def values(self, keyword: str) -> tuple[str | float, ...]:
        self.need("(", f"after '{keyword}'")
        values = [self.value(f"in the list after '{keyword}'")]
        while self.take("symbol", ","):
            values.append(self.value("after ','"))
        self.need(")", f"or ',' in the list after '{keyword}'")
        return tuple(values)

    def value(self, where: str) -> str | float:
        token = self.take("string")
        if token:
            return token.text
        token = self.take("word") or self.take("keyword", "in", "any", "between", "contains", "exists")
        if token is None:
            raise self.fail(f"a number, a word or a quoted text {where}")
        return float(token.text) if _NUMBER.fullmatch(token.text) and token.text.isascii() else token.text


def format_node(node: Node) -> str:
    """Write a tree as text that `parse` reads back.

    Raises
    ------
    ValidationError
        For an `or` of nothing, which has no text.
    """
    match node:
        case Group(every, nodes):
            return _group(every=every, nodes=nodes)
        case Not(inner):
            return f"not {_operand(inner)}"
        case Nested(name, conditions):
            return f"any {_name(name)} ({' and '.join(format_node(one) for one in conditions)})"
        case Words(text):
            return _text(text)
        case Condition():
            return _condition(node)


def _group(*, every: bool, nodes: tuple[Node, ...]) -> str:
    if not nodes:
        if every:
            return ""
        raise ValidationError("An 'or' of nothing cannot be written as text.")
    if len(nodes) == 1:
        return format_node(nodes[0])
    return (" and " if every else " or ").join(_operand(one) for one in nodes)


def _operand(node: Node) -> str:
    """Write a part of a larger expression: groups, and an `exists` that a `not` stands before, in parentheses."""
    text = format_node(node)
    return f"({text})" if isinstance(node, Group | Not) or _is_exists(node) else text


def _is_exists(node: Node) -> bool:
    return isinstance(node, Condition) and node.operator is Operator.EXISTS


def _condition(node: Condition) -> str:
    name = _name(node.name)
    if node.operator is Operator.EXISTS:
        return f"exists {name}"
    if node.operator is Operator.NOT_EXISTS:
        return f"not exists {name}"
    if node.operator in {Operator.IN, Operator.BETWEEN}:
        values = node.value if isinstance(node.value, tuple) else (node.value,)
        return f"{name} {node.operator.value.lower()} ({', '.join(_value(one) for one in values)})"
    value = node.value[0] if isinstance(node.value, tuple) else node.value
    return f"{name} {_WRITTEN[node.operator]} {_value(value)}"


def _value(value: str | float | None) -> str:
    if isinstance(value, str) or value is None:
        return _text(value or "")
    if math.isfinite(value) and value == int(value) and abs(value) < 1e15 and math.copysign(1, value) > 0:
        return str(int(value))
    return repr(float(value))


def _text(text: str) -> str:
    plain = _PLAIN.fullmatch(text) and not _NUMBER.fullmatch(text) and text.casefold() not in _KEYWORDS
    return text if plain else _quote(text)


def _name(name: str) -> str:
    plain = _PLAIN.fullmatch(name) and name.casefold() not in _KEYWORDS
    return name if plain else _quote(name)


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
