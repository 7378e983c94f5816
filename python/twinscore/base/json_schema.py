"""What the JSON of a record looks like, as a JSON Schema, from its types and docstrings.

The counterpart of `twinscore.base.json_values`, which makes that JSON.
"""

from __future__ import annotations

import ast
import inspect
import sys
import types
from collections.abc import Mapping, Sequence
from dataclasses import Field, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

LEFT_OUT: Schema = {"not": {}}
"""Among exceptions: the JSON has no such field."""

_PLAIN: dict[Any, Schema] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    # What is not finite becomes null.
    float: {"type": ["number", "null"]},
    str: {"type": "string"},
    type(None): {"type": "null"},
    Any: {},
}


class SchemaMaker:
    """Describes records; those met on the way become definitions.

    Parameters
    ----------
    exceptions
        By type, or by type and name of a field: what stands in the JSON in its place.
    """

    def __init__(self, exceptions: Mapping[Any, Schema] | None = None) -> None:
        self._exceptions = dict(exceptions or {})
        self.definitions: dict[str, Schema] = {}
        self._names: dict[type, str] = {}

    def document(self, title: str, schema: Schema) -> Schema:
        """Return a schema of its own, with the definitions that it refers to."""
        named = dict(sorted(self.definitions.items()))
        return {
            "$schema": DIALECT,
            "$id": f"urn:twinscore:{title}",
            "title": title,
            **schema,
            "$defs": named,
        }

    def of_record(self, record: type, leave_out: Sequence[str] = ()) -> Schema:
        """Describe a dataclass as an object that has all of its fields.

        Parameters
        ----------
        record
            The dataclass.
        leave_out
            Fields that are not in the JSON.
        """
        hints, described = hints_of(record), descriptions_of(record)
        properties = {
            _key(field): self._property(record, field.name, hints, described)
            for field in fields(record)
            if field.name not in leave_out
            and self._exceptions.get((record, field.name)) is not LEFT_OUT
        }
        return {"type": "object", "properties": properties, "required": list(properties)}

    def of_type(self, hint: Any) -> Schema:
        """Describe a value of an annotated type.

        Raises
        ------
        TypeError
            JSON has no such values.
        """
        try:
            if hint in self._exceptions:
                return dict(self._exceptions[hint])
            if hint in _PLAIN:
                return dict(_PLAIN[hint])
        except TypeError:
            pass  # some annotations have no hash
        origin, arguments = get_origin(hint), get_args(hint)
        if origin is Literal:
            return {"enum": list(arguments)}
        if origin in (Union, types.UnionType):
            return _either([self.of_type(part) for part in arguments])
        if origin in (tuple, list, Sequence):
            return self._array(origin, arguments)
        if origin in (dict, Mapping):
            return {"type": "object", "additionalProperties": self.of_type(arguments[1])}
        if isinstance(hint, type) and issubclass(hint, Enum):
            return {"enum": [choice.value for choice in hint]}
        if isinstance(hint, type) and is_dataclass(hint):
            return self._reference(hint)
        raise TypeError(f"expected a type that JSON can hold, got {hint!r}")

    def _property(
        self, record: type, name: str, hints: Mapping[str, Any], described: Mapping[str, str]
    ) -> Schema:
        found = self._exceptions.get((record, name))
        schema = dict(found) if found is not None else self.of_type(hints[name])
        if name not in described:
            return schema
        return {**schema, "description": described[name].replace("None", "null")}

    def _array(self, origin: Any, arguments: tuple[Any, ...]) -> Schema:
        if origin is tuple and Ellipsis not in arguments:
            count = len(arguments)
            items = [self.of_type(part) for part in arguments]
            return {"type": "array", "prefixItems": items, "minItems": count, "maxItems": count}
        return {"type": "array", "items": self.of_type(arguments[0])}

    def _reference(self, record: type) -> Schema:
        if record not in self._names:
            name = record.__qualname__
            if name in self.definitions:
                name = f"{record.__module__.rpartition('.')[2]}.{name}"
            self._names[record] = name
            self.definitions[name] = {}  # it may refer to itself
            summary = (inspect.getdoc(record) or "").partition("\n")[0]
            self.definitions[name] = {"description": summary, **self.of_record(record)}
        return {"$ref": f"#/$defs/{self._names[record]}"}


def or_null(schema: Schema) -> Schema:
    """Let a value be null as well, keeping its description."""
    described = {name: schema[name] for name in ("description",) if name in schema}
    bare = {name: value for name, value in schema.items() if name not in described}
    return {**_either([bare, {"type": "null"}]), **described}


def _either(choices: list[Schema]) -> Schema:
    if any(not choice for choice in choices):
        return {}
    if all(set(choice) == {"type"} for choice in choices):
        kinds: list[str] = []
        for choice in choices:
            named = choice["type"] if isinstance(choice["type"], list) else [choice["type"]]
            kinds += [kind for kind in named if kind not in kinds]
        return {"type": kinds[0] if len(kinds) == 1 else kinds}
    return {"anyOf": choices}


def _key(field: Field[Any]) -> str:
    return field.name.removesuffix("_")


@cache
def hints_of(record: type) -> dict[str, Any]:
    """Resolve the annotations of a class, those that are imported for type checkers only too."""
    hints: dict[str, Any] = {}
    for base in reversed(record.__mro__):
        module = sys.modules[base.__module__]
        names = {**vars(module), **_imported_for_type_checkers(base.__module__)}
        own = types.SimpleNamespace(__annotations__=inspect.get_annotations(base))
        hints |= get_type_hints(own, globalns=names)
    return hints


@cache
def _imported_for_type_checkers(module_name: str) -> dict[str, Any]:
    """Import what stands below ``if TYPE_CHECKING:`` in a module."""
    try:
        source = inspect.getsource(sys.modules[module_name])
    except (OSError, TypeError):
        return {}
    names: dict[str, Any] = {}
    for statement in ast.parse(source).body:
        if isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING":
            for imported in statement.body:
                names |= _run_import(imported)
    return names


def _run_import(statement: ast.stmt) -> dict[str, Any]:
    names: dict[str, Any] = {}
    try:
        exec(compile(ast.Module([statement], []), "<imports>", "exec"), names)
    except ImportError:  # of an extra, which no record in JSON is made of
        return {}
    return names


@cache
def descriptions_of(record: type) -> dict[str, str]:
    """Read what docstrings in NumPy style say of each attribute, of base classes as well."""
    found: dict[str, str] = {}
    for base in reversed(record.__mro__):
        text = inspect.cleandoc(base.__dict__.get("__doc__") or "")
        _, heading, section = text.partition("Attributes\n----------\n")
        names: list[str] = []
        for line in section.splitlines() if heading else ():
            if line and not line.startswith(" "):
                if set(line) == {"-"}:
                    break  # the next section
                names = [name.strip() for name in line.partition(":")[0].split(",")]
            elif names and line.strip():
                for name in names:
                    found[name] = f"{found.get(name, '')} {line.strip()}".strip()
    return found
