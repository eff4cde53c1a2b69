"""Form bodies with brackets into nested values, and the checks that Stripe makes before it acts on any of them.

A shape maps each parameter to its kind: "string", "integer", "boolean", "metadata", a tuple of the values allowed, a
shape for a hash, [kind] for an array. A name that ends in "!" is required.
"""

import re
from typing import Any

from tests.stripe_standin.refusals import Refusal

Json = dict[str, Any]
Shape = dict[str, Any]

_BRACKETS = re.compile(r"\[([^\]]*)\]")
_EMPTY = (
    "You passed an empty string for '{0}'. We assume empty values are an attempt to unset a parameter; "
    "however '{0}' cannot be unset."
)


def decoded(pairs: list[tuple[str, str]]) -> Json:
    """`a[b][0]=x` as {"a": {"b": ["x"]}}."""
    tree: Json = {}
    for key, value in pairs:
        node = tree
        steps = [key.partition("[")[0], *_BRACKETS.findall(key)]
        for step in steps[:-1]:
            node = node.setdefault(step, {})
            if not isinstance(node, dict):
                raise Refusal(f"Invalid object: {key}", param=key)
        last = steps[-1] or str(len(node))
        node[last] = value
    return {name: _with_arrays(value) for name, value in tree.items()}


def _with_arrays(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    if value and all(name.isdecimal() for name in value):
        return [_with_arrays(value[name]) for name in sorted(value, key=int)]
    return {name: _with_arrays(each) for name, each in value.items()}


def checked(values: Json, shape: Shape, inside: str = "") -> Json:
    """The values as their kinds; the first one that does not fit is refused."""
    kinds = {name.removesuffix("!"): kind for name, kind in shape.items()}
    for name in values:
        if name not in kinds:
            path = _path(inside, name)
            raise Refusal(f"Received unknown parameter: {path}", code="parameter_unknown", param=path)
    for name in shape:
        if name.endswith("!") and name[:-1] not in values:
            path = _path(inside, name[:-1])
            raise Refusal(f"Missing required param: {path}.", code="parameter_missing", param=path)
    return {name: _as_kind(value, kinds[name], _path(inside, name)) for name, value in values.items()}


def _path(inside: str, name: str) -> str:
    return f"{inside}[{name}]" if inside else name


def _as_kind(value: Any, kind: Any, path: str) -> Any:
    if isinstance(kind, list):
        if not isinstance(value, list):
            raise Refusal("Invalid array", param=path)
        return [_as_kind(each, kind[0], _path(path, str(place))) for place, each in enumerate(value)]
    if isinstance(kind, dict) or kind == "metadata":
        if not isinstance(value, dict):
            raise Refusal("Invalid object", param=path)
        return _metadata(value, path) if kind == "metadata" else checked(value, kind, path)
    if not isinstance(value, str):
        raise Refusal(f"Invalid string: {value}", param=path)
    return _scalar(value, kind, path)


def _scalar(value: str, kind: Any, path: str) -> Any:
    if value == "":
        raise Refusal(_EMPTY.format(path), code="parameter_invalid_empty", param=path)
    if isinstance(kind, tuple):
        if value not in kind:
            raise Refusal(f"Invalid {path}: must be one of {', '.join(kind)}", param=path)
        return value
    if kind == "integer":
        if not re.fullmatch(r"-?\d{1,18}", value):
            raise Refusal(f"Invalid integer: {value}", code="parameter_invalid_integer", param=path)
        return int(value)
    if kind == "boolean":
        if value not in ("true", "false"):
            raise Refusal(f"Invalid boolean: {value}", param=path)
        return value == "true"
    return value


def _metadata(values: Json, path: str) -> Json:
    if len(values) > 50:
        raise Refusal("Metadata can have at most 50 keys", param=path)
    for name, value in values.items():
        if len(name) > 40 or not isinstance(value, str) or len(value) > 500:
            raise Refusal("Metadata keys have at most 40 characters, values at most 500", param=f"{path}[{name}]")
    return values
