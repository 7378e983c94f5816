"""Records as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TypeAlias

import numpy as np

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"


def json_value(value: object) -> JsonValue:
    """Turn a value into JSON types; numbers that are not finite, which JSON lacks, become None.

    A field that is named after a keyword ends in an underscore, its key does not.

    Parameters
    ----------
    value
        Of records (dataclasses), mappings with names as keys, tuples, lists, strings, numbers
        (numpy's too), booleans and None.

    Raises
    ------
    TypeError
        There is something else in it.
    """
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name.removesuffix("_"): json_value(getattr(value, field.name))
            for field in fields(value)
        }
    if isinstance(value, Mapping):
        return {name: json_value(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(item) for item in value]
    raise TypeError(f"expected a value that JSON can hold, got {type(value).__name__}")
