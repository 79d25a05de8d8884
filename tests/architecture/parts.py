"""The house as syntax trees."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PARTS = (
    "dangol",
    "bot",
    "console",
    "simulator",
    "campaigns",
    "loyalty",
    "subsidy",
    "storage",
    "domain",
)


@dataclass(frozen=True, slots=True)
class Module:
    """One file of ours; `path` is relative to the root, with slashes."""

    path: str
    text: str
    tree: ast.Module

    @property
    def part(self) -> str:
        return self.path.partition("/")[0]

    def imports(self) -> Iterator[str]:
        """Full names of what is imported, wherever in the file; never relative in our parts."""
        for node in ast.walk(self.tree):
            match node:
                case ast.Import(names=names):
                    yield from (alias.name for alias in names)
                case ast.ImportFrom(module=module, names=names, level=0) if module:
                    yield from (f"{module}.{alias.name}" for alias in names)
                case ast.ImportFrom():
                    raise AssertionError(f"{self.path}: a relative import")

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


@cache
def modules(*parts: str) -> tuple[Module, ...]:
    """All files of these parts, migrations left out: they are never edited after they landed."""
    found = [
        (path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for part in parts
        for path in sorted((ROOT / part).rglob("*.py"))
        if "migrations" not in path.parts
    ]
    return tuple(Module(path, text, ast.parse(text, path)) for path, text in found)
