"""Reading config.yaml: all problems are reported at once, each with file, line, key and likely fix."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from monitor.config import models
from monitor.config.tree import KeyPath, Problem, Tree, read_tree
from monitor.config.values import DURATION_PATTERN, SIZE_PATTERN, spell_duration, spell_size, suggestion
from monitor.errors import ConfigError

_ALL = "all"
_WATCHLIST = "`builtin: all`, or `file: ...`, or `name: ...` with `substances:`"
# Which model stands behind a key or tag: where the known keys are looked up for "did you mean".
_MODELS: Mapping[str, type[BaseModel]] = {
    "#builtin": models.BuiltinWatchlist,
    "#file": models.FileWatchlist,
    "#inline": models.InlineWatchlist,
    "substances": models.InlineSubstance,
    "rules": models.AlertRule,
    "names": models.NamePin,
    "fields": models.ApiFields,
    "http": models.HttpSection,
    "health": models.Health,
    "stories": models.Stories,
    "sync": models.Sync,
    "evidence": models.Evidence,
    "retention": models.Retention,
    **{f"#{kind}": model for kind, model in models.SOURCE_KINDS.items()},
}
# pydantic's error types for numbers, in words, and where the error keeps the bound
_BOUNDS = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("from", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("up to", "le"),
}


def load_config(
    path: Path, env: Mapping[str, str], *, list_ids: Collection[str] | None = None
) -> models.Config:
    """Read and check a configuration file.

    `env` is what `${NAME}` is looked up in. `list_ids` are the ids of the shipped lists; without them
    `builtin:` and `lists:` are taken as they are. Raises ConfigError, which names every problem, a line each.
    """
    text = _read(path)
    tree = read_tree(text, env)
    problems = list(tree.problems)
    config = None
    if tree.data is not None:
        base = path.absolute().parent
        config, found = _validate(tree, base, env)
        problems += found
        problems += _check(tree, base, list_ids)
    if problems or config is None:
        raise _error(path, [_without_secrets(tree, each) for each in _without_echo(problems)])
    config._path = path
    config._lines = {key: place.line for key, place in tree.places.items()}
    return config


def config_schema() -> dict[str, Any]:
    """The JSON Schema of config.yaml, for editors."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **models.Config.model_json_schema()}
    return {key: _tidy(value) for key, value in schema.items()}


def _tidy(schema: Any) -> Any:
    """Without titles made from the keys, and with defaults as one would write them in the file."""
    if isinstance(schema, list):
        return [_tidy(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    tidy = {k: _tidy(v) for k, v in schema.items() if k != "title" or not isinstance(v, str)}
    default = tidy.get("default")
    if isinstance(default, dict) or (isinstance(default, list) and default):
        del tidy["default"]  # a whole section: its own keys have their defaults
    elif DURATION_PATTERN in str(tidy.get("pattern")) and isinstance(default, float):
        tidy["default"] = spell_duration(default)
    elif tidy.get("pattern") == SIZE_PATTERN and isinstance(default, int):
        tidy["default"] = spell_size(default)
    return tidy


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError("the file is not UTF-8; save it as UTF-8", f"{path}:{line}") from error
    except FileNotFoundError as error:
        raise ConfigError("there is no such file; name one with --config", str(path)) from error
    except OSError as error:
        raise ConfigError(f"the file cannot be read: {error.strerror}", str(path)) from error


def _error(path: Path, problems: list[Problem]) -> ConfigError:
    lines = []
    for problem in sorted(problems, key=lambda one: one.line):
        key = _dotted(problem.path)
        said = f"{key}: {problem.message}" if key else problem.message
        lines.append((problem.line, f"{said}; {problem.fix}" if problem.fix else said))
    first, *rest = lines
    message = "\n".join((first[1], *(f"{path}:{line}: {said}" for line, said in rest)))
    return ConfigError(message, f"{path}:{first[0]}")


def _dotted(path: KeyPath) -> str:
    """ "sources[1].every" for ("sources", 1, "every")."""
    parts = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return "".join(parts).lstrip(".")


def _without_secrets(tree: Tree, problem: Problem) -> Problem:
    """What a variable stands for may be a password: messages name the variable, and no part of its text."""
    end = len(problem.path)
    near = (found for path, found in tree.secrets.items() if path[:end] == problem.path[: len(path)])
    texts = {text: name for found in near for name, text in found.items() if text}
    message, fix = problem.message, problem.fix
    for text in sorted(texts, key=len, reverse=True):
        message, fix = (said.replace(text, f"${{{texts[text]}}}") for said in (message, fix))
    parts = {part.lower() for text in texts for part in re.findall(r"\w{3,}", text)}
    names = " and ".join(f"${{{name}}}" for name in texts.values())
    rest = {said: re.sub(r"\$\{\w+\}", "", said).lower() for said in (message, fix)}
    if any(part in rest[message] for part in parts):
        message = f"what {names} stands for is not possible here"
    if any(part in rest[fix] for part in parts):
        fix = ""
    return replace(problem, message=message, fix=fix)


def _without_echo(problems: list[Problem]) -> list[Problem]:
    """Where two say something of one key (or of a key and what is in it), the first is enough."""
    kept: list[Problem] = []
    lines: dict[KeyPath, int] = {}
    for problem in problems:
        parents = (problem.path[:end] for end in range(1, len(problem.path) + 1))
        if not any(lines.get(parent, problem.line + 1) <= problem.line for parent in parents):
            kept.append(problem)
            lines.setdefault(problem.path, problem.line)
    return kept


# --- what the models say ----------------------------------------------------------------------------


def _validate(tree: Tree, base: Path, env: Mapping[str, str]) -> tuple[models.Config | None, list[Problem]]:
    # A list of names in [brackets] has a problem of its own: what it was torn into is no news.
    flow = list(_flow_names(tree))
    try:
        config = models.Config.model_validate(tree.data, context={"base": base, "env": env})
    except ValidationError as error:
        # An item that is refused is not counted either: a list is "too short" only when it is empty.
        details = (d for d in error.errors(include_url=False) if d["type"] != "too_short" or not d["input"])
        return None, flow + [_problem(tree, detail) for detail in details]
    return (config, flow)


def _problem(tree: Tree, detail: ErrorDetails) -> Problem:
    loc = detail["loc"]
    path: KeyPath = tuple(step for step in loc if not str(step).startswith("#"))
    message, fix = _explain(tree, detail, path)
    if detail["type"].startswith("union_tag"):
        path = (*path, "kind") if path[:1] == ("sources",) else path
    return Problem(path, tree.line(path), message, fix)


def _explain(tree: Tree, detail: ErrorDetails, path: KeyPath) -> tuple[str, str]:
    """What one error of pydantic means to somebody who wrote YAML: (message, fix)."""
    kind = detail["type"]
    context = detail.get("ctx", {})
    if kind == "value_error":
        message, _, fix = str(context["error"]).partition("; ")
        return message, fix
    if kind == "extra_forbidden":
        return _unknown_key(tree, detail["loc"], path)
    if kind == "missing":
        return _missing(detail["loc"], path)
    if kind.startswith("union_tag"):
        return _unknown_kind(tree, path)
    written = tree.places[path].text if path in tree.places else ""
    said = _wrong_value(kind, context, written) or _wrong_type(tree, kind, path)
    return said or (detail["msg"], "")


def _wrong_value(kind: str, context: Mapping[str, Any], written: str) -> tuple[str, str] | None:
    """The type is right, the value is not."""
    if kind == "literal_error":
        words = str(context["expected"]).replace("'", "").replace(" or ", ", ").split(", ")
        return f"{written or 'this'} is not possible here", suggestion(written, words)
    if kind == "too_short":
        return "the list is empty", "write at least one entry, or leave the key out"
    if kind in _BOUNDS:
        word, name = _BOUNDS[kind]
        return f"{written} is out of range", f"write a value {word} {context[name]:g}"
    if kind == "string_pattern_mismatch":
        return f"{written} is no language code", "write en, de, es, zh ..."
    return None


def _unknown_key(tree: Tree, loc: tuple[str | int, ...], path: KeyPath) -> tuple[str, str]:
    key = str(path[-1])
    model = next((_MODELS[str(step)] for step in reversed(loc[:-1]) if str(step) in _MODELS), models.Config)
    fix = suggestion(key, model.model_fields)
    parent = tree.places.get(path[:-1])
    if parent is not None and parent.flow:
        fix = "a comma ends a value in { }: write `key: value` lines in block style, and quote names"
    return "unknown key", fix


def _missing(loc: tuple[str | int, ...], path: KeyPath) -> tuple[str, str]:
    if "#inline" in loc and len(path) == 3:
        return "the key is missing", f"write {_WATCHLIST}"
    example = {
        "name": "name: a name of your own",
        "url": "url: https://host/feed",
        "path": "path: a-folder",
        "text": "text: PMK",
        "use": "use: never",
    }.get(str(path[-1]), f"{path[-1]}: ...")
    return "the key is missing", f"add `{example}`"


def _unknown_kind(tree: Tree, path: KeyPath) -> tuple[str, str]:
    value = tree.get(path)
    if not isinstance(value, dict):
        return (
            "expected keys and values",
            f"write {'`name:`, `kind:`' if path[0] == 'sources' else _WATCHLIST}",
        )
    if path[0] == "watchlists":
        return "this names nothing to watch", f"write {_WATCHLIST}"
    if "kind" not in value:
        return "the key is missing", f"add `kind:` and one of {', '.join(models.SOURCE_KINDS)}"
    written = str(value["kind"])
    return f"there is no kind {written}", suggestion(written, models.SOURCE_KINDS)


def _wrong_type(tree: Tree, kind: str, path: KeyPath) -> tuple[str, str] | None:
    place = tree.places.get(path)
    value = tree.get(path)
    written = place.text if place else ""
    if value is None:
        return "the key has no value", "write one, or remove the key"
    if kind == "string_type":
        if isinstance(value, bool | int | float):
            read_as = "a truth value" if isinstance(value, bool) else f"the number {value}"
            return f"{written} is read as {read_as}, not as text", f'quote it: "{written}"'
        return "expected text, found a list or keys", 'quote text that holds ": ", "[" or "{"'
    if kind == "tuple_type":
        return (
            "expected a list",
            f"write `- {written}` in a line of its own" if written else "write `- ` lines",
        )
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return "expected keys and values", "indent `key: value` lines under it"
    if kind == "bool_type":
        return f"{written or 'this'} is neither true nor false", "write true or false, without quotes"
    if kind in ("int_type", "float_type"):
        return (
            f"{written or 'this'} is no {'whole ' if kind[0] == 'i' else ''}number",
            "write digits, no quotes",
        )
    return None


# --- what concerns more than one key ------------------------------------------------------------------


def _check(tree: Tree, base: Path, list_ids: Collection[str] | None) -> Iterator[Problem]:
    """Checks across keys, made on plain values: they speak even when something else is wrong."""
    yield from _repeated(tree, "sources")
    yield from _repeated(tree, "rules")
    yield from _schedules(tree)
    yield from _missing_files(tree, base)
    yield from _unknown_sources(tree)
    if list_ids is not None:
        yield from _unknown_lists(tree, list_ids)


def _flow_names(tree: Tree) -> Iterator[Problem]:
    for path in _name_lists(tree):
        place = tree.places.get(path)
        if place is None or not place.flow:
            continue
        items = [tree.places[item] for item, _ in tree.items(path)]
        if not all(item.quoted for item in items):
            torn = ", ".join(item.text for item in items)
            message = f"names in [ ] are torn at every comma; this was read as {len(items)} names: {torn}"
            yield Problem(
                path, place.line, message, 'write names in block style, quoted: a line each, `- "1,4-BD"`'
            )


def _name_lists(tree: Tree) -> Iterator[KeyPath]:
    for watchlist, _ in tree.items(("watchlists",)):
        for substance, _ in tree.items((*watchlist, "substances")):
            yield (*substance, "aliases")
    for rule, _ in tree.items(("rules",)):
        yield (*rule, "substances")


def _repeated(tree: Tree, section: str) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for path, _ in tree.items((section,)):
        name = tree.get((*path, "name"))
        if not isinstance(name, str):
            continue
        line = tree.line((*path, "name"))
        if name.strip() in seen:
            message = f"{name.strip()} is named twice (first in line {seen[name.strip()]})"
            yield Problem((*path, "name"), line, message, "give each a name of its own")
        seen.setdefault(name.strip(), line)


def _schedules(tree: Tree) -> Iterator[Problem]:
    for path, _ in tree.items(("sources",)):
        if tree.get((*path, "every")) is not None and tree.get((*path, "cron")) is not None:
            line = tree.line((*path, "every"))
            yield Problem(
                (*path, "every"), line, "a source has `every` or `cron`, not both", "remove one of them"
            )


def _missing_files(tree: Tree, base: Path) -> Iterator[Problem]:
    for path, _ in tree.items(("watchlists",)):
        yield from _missing_file(tree, (*path, "file"), base)


def _missing_file(tree: Tree, path: KeyPath, base: Path) -> Iterator[Problem]:
    written = tree.get(path)
    if not isinstance(written, str) or not written.strip():
        return
    full = base / Path(written.strip()).expanduser()
    if full.is_file():
        return
    message = f"it is not a file: {full}" if full.exists() else f"there is no file {full}"
    yield Problem(path, tree.line(path), message, f"paths count from {base}; correct it or create the file")


def _unknown_sources(tree: Tree) -> Iterator[Problem]:
    known = _names(tree, "sources")
    for section in ("rules", "names"):
        for path, _ in tree.items((section,)):
            for item, name in tree.items((*path, "sources")):
                if isinstance(name, str) and name.strip() not in known:
                    message = f"there is no source {name}"
                    yield Problem(item, tree.line(item), message, suggestion(name, known))


def _unknown_lists(tree: Tree, list_ids: Collection[str]) -> Iterator[Problem]:
    for path, _ in tree.items(("watchlists",)):
        written = tree.get((*path, "builtin"))
        items = tree.items((*path, "builtin"))
        named = (
            [((*path, "builtin"), part) for part in written.split(",")] if isinstance(written, str) else items
        )
        for item, name in named:
            if isinstance(name, str) and name.strip() and name.strip() not in {_ALL, *list_ids}:
                message = f"there is no shipped list {name.strip()}"
                yield Problem(item, tree.line(item), message, suggestion(name.strip(), {_ALL, *list_ids}))
    own = _own_lists(tree)
    if own is None:
        return
    for path, _ in (*tree.items(("rules",)), *tree.items(("sources",))):
        for item, name in tree.items((*path, "lists")):
            if isinstance(name, str) and name.strip() not in {*own, *list_ids}:
                message = f"there is no list {name.strip()}"
                yield Problem(item, tree.line(item), message, suggestion(name.strip(), {*own, *list_ids}))


def _own_lists(tree: Tree) -> set[str] | None:
    """Names of the user's own lists; None when a YAML file is among them, which may name itself."""
    files = [tree.get((*path, "file")) for path, _ in tree.items(("watchlists",))]
    paths = [Path(file.strip()) for file in files if isinstance(file, str)]
    if any(path.suffix.lower() != ".csv" for path in paths):
        return None
    return _names(tree, "watchlists") | {path.stem for path in paths}


def _names(tree: Tree, section: str) -> set[str]:
    names = (tree.get((*path, "name")) for path, _ in tree.items((section,)))
    return {name.strip() for name in names if isinstance(name, str)}
