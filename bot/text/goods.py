"""The names of goods in `goods.txt`, by category.

The list is part of the code and read once, with the first message that needs it.
"""

from __future__ import annotations

import functools
from importlib.resources import files
from types import MappingProxyType

_FILE = "goods.txt"


@functools.cache
def load_goods() -> MappingProxyType[str, frozenset[str]]:
    """The names of each category.

    Raises:
        ValueError: when a line stands before the first category.
    """
    return parse_goods((files(__package__) / _FILE).read_text(encoding="utf-8"))


@functools.cache
def load_categories() -> MappingProxyType[str, str]:
    """The category of each name; of one that stands in two, the first."""
    categories: dict[str, str] = {}
    for category, names in load_goods().items():
        for name in names:
            categories.setdefault(name, category)
    return MappingProxyType(categories)


def parse_goods(text: str) -> MappingProxyType[str, frozenset[str]]:
    """Names by category: ``[category]`` lines, names divided by blanks, # comments."""
    names: dict[str, set[str]] = {}
    category: str | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if line.startswith("[") and line.endswith("]"):
            category = line[1:-1]
            names.setdefault(category, set())
        elif line.strip() and not line.startswith("#"):
            if category is None:
                raise ValueError(f"line {number}: a name before the first category")
            names[category].update(word.replace("_", " ") for word in line.split())
    return MappingProxyType({key: frozenset(words) for key, words in names.items()})
