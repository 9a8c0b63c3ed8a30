"""YAML text -> plain values, with the line of every key kept, and what is wrong with the text itself.

The node tree is read instead of the constructed one: it still knows how a value was written (`0x1F`, quoted
or not, `[a, b]` or a block list), and it does not drop the second of two equal keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from monitor.config.values import yaml_number

KeyPath = tuple[str | int, ...]

_TAG = "tag:yaml.org,2002:"
_TEXT_TAGS = {f"{_TAG}str", f"{_TAG}timestamp", f"{_TAG}value"}
# Aliases let a short file stand for an enormous one; no honest configuration comes near this.
_MAX_VALUES = 500_000
# "$${" stands for a literal "${"
_VARIABLE = re.compile(r"\$\$\{|\$\{([^}]*)\}")
_VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Position:
    """Where and how a value stands in the file. `line` counts from 1; `text` is a scalar as written."""

    line: int
    text: str = ""
    flow: bool = False  # written as [..] or {..}
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong: `path` names the key, `fix` what would most likely mend it."""

    path: KeyPath
    line: int
    message: str
    fix: str = ""


@dataclass(slots=True)
class Tree:
    """Plain values (dict, tuple, str, int, float, bool, None) with the place of each, by path."""

    data: object = None
    places: dict[KeyPath, Position] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    secrets: dict[KeyPath, dict[str, str]] = field(default_factory=dict)  # variables in a value: name -> text

    def line(self, path: KeyPath) -> int:
        """The line of `path`, else of its nearest parent that is in the file, else 1."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.places:
                return self.places[path[:end]].line
        return 1

    def get(self, path: KeyPath) -> object:
        """The value at `path`, or None."""
        value = self.data
        for step in path:
            if isinstance(value, dict):
                value = value.get(step)
            else:
                value = value[step] if isinstance(value, tuple) and isinstance(step, int) else None
        return value

    def items(self, path: KeyPath) -> Iterator[tuple[KeyPath, object]]:
        """Each item of the list at `path` with its own path; nothing when there is no list."""
        value = self.get(path)
        if isinstance(value, tuple):
            for index, item in enumerate(value):
                yield (*path, index), item


def read_tree(text: str, env: Mapping[str, str]) -> Tree:
    """Read YAML; `${NAME}` in a value is taken from `env`. Problems are collected, not raised."""
    tree = Tree()
    try:
        root = YAML(typ="rt").compose(text)
    except MarkedYAMLError as error:
        tree.problems.append(_syntax_problem(error))
        return tree
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        message = f"this is not YAML: it holds the control character U+{error.character:04X}"
        tree.problems.append(Problem((), line, message, "remove it"))
        return tree
    except RecursionError:
        tree.problems.append(Problem((), 1, "this is nested too deeply to be a configuration"))
        return tree
    data = None if root is None else _Reader(tree, env).value(root, (), ())
    tree.data = {} if data is None else data
    return tree


def _syntax_problem(error: MarkedYAMLError) -> Problem:
    mark = error.problem_mark or error.context_mark
    what = (error.problem or "").strip()
    about = f"this is not YAML: {(error.context or '').strip()} {what}".replace("  ", " ").rstrip()
    if "found character '\\t'" in about:
        fix = "indent with spaces, not tabs"
    elif "mapping values are not allowed" in about or "found character" in about or "alias" in about:
        fix = "put text with ': ', '#', '*', '&', '%', '@' or '`' in it between quotes"
    else:
        fix = "look at the indentation and the brackets of this line and the one before"
    return Problem((), mark.line + 1 if mark else 1, about, fix)


class _Reader:
    """Turns nodes into values; writes places and problems into the tree as it goes."""

    def __init__(self, tree: Tree, env: Mapping[str, str]) -> None:
        self.tree = tree
        self.env = env
        self.count = 0

    def value(self, node: Node, path: KeyPath, above: tuple[int, ...]) -> object:
        self.count += 1
        if id(node) in above or self.count > _MAX_VALUES:
            self.problem(path, node, "an alias (*name) that repeats without end", "write the value out")
            self.place(path, node)
            return None
        above = (*above, id(node))
        if isinstance(node, MappingNode):
            self.place(path, node)
            return self.mapping(node, path, above)
        if isinstance(node, SequenceNode):
            self.place(path, node)
            return tuple(self.value(item, (*path, i), above) for i, item in enumerate(node.value))
        assert isinstance(node, ScalarNode)  # YAML has no fourth kind
        self.place(path, node, node.value)
        return self.scalar(node, path)

    def mapping(self, node: MappingNode, path: KeyPath, above: tuple[int, ...]) -> dict[str, object]:
        values: dict[str, object] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self.problem(path, key_node, "a key must be one word", "write `key: value`")
                continue
            key = self.whole(str(key_node.value), path, key_node)
            line = key_node.start_mark.line + 1
            if key in lines:
                first = f"the key stands here twice (first in line {lines[key]})"
                self.tree.problems.append(Problem((*path, key), line, first, "remove or join one of the two"))
                continue
            lines[key] = line
            values[key] = self.value(value_node, (*path, key), above)
            place = self.tree.places[(*path, key)]
            # A block value begins a line below its key; people look for the key.
            self.tree.places[(*path, key)] = Position(line, place.text, place.flow, place.quoted)
        return values

    def scalar(self, node: ScalarNode, path: KeyPath) -> object:
        text = str(node.value)
        if node.tag in _TEXT_TAGS:
            return self.whole(self.expand(text, path, node), path, node)
        if node.tag == f"{_TAG}null":
            return None
        if node.tag == f"{_TAG}bool":
            return text.lower() == "true"
        if node.tag in (f"{_TAG}int", f"{_TAG}float"):
            return yaml_number(text)
        self.problem(
            path, node, f"the tag {node.tag} means nothing here", "quote a text that begins with '!'"
        )
        return None

    def whole(self, text: str, path: KeyPath, node: Node) -> str:
        """Text with the halves of a character joined that JSON writes as two escapes (a surrogate pair)."""
        try:
            return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
        except UnicodeDecodeError:
            message = "this holds half a character (a surrogate)"
            self.problem(path, node, message, "write the character itself, or both of its escapes")
            return text.encode("utf-8", "replace").decode()

    def expand(self, text: str, path: KeyPath, node: Node) -> str:
        def replace(match: re.Match[str]) -> str:
            name = match.group(1)
            if name is None:
                return "${"
            if name in self.env:
                self.tree.secrets.setdefault(path, {})[name] = self.env[name]
                return self.env[name]
            if _VARIABLE_NAME.fullmatch(name):
                fix = f"set it (export {name}=...), or write $${{{name}}} if the text is meant literally"
                self.problem(path, node, f"the environment variable {name} is not set", fix)
            else:
                self.problem(
                    path, node, f"${{{name}}} names no environment variable", "write ${NAME}, no more"
                )
            return ""

        return _VARIABLE.sub(replace, text)

    def place(self, path: KeyPath, node: Node, text: str = "") -> None:
        flow = bool(getattr(node, "flow_style", False))
        quoted = getattr(node, "style", None) is not None and isinstance(node, ScalarNode)
        self.tree.places[path] = Position(node.start_mark.line + 1, text, flow, quoted)

    def problem(self, path: KeyPath, node: Node, message: str, fix: str) -> None:
        self.tree.problems.append(Problem(path, node.start_mark.line + 1, message, fix))
