"""Small files, small functions, few parameters (style-guide 7)."""

import ast

import pytest

from tests.architecture.parts import PARTS, Module, modules

FILE_LINES_MAX = 350
FUNCTION_LINES_MAX = 50
PARAMETERS_MAX = 6
UNCOUNTED = {"self", "cls", "tx", "actor", "at"}
"""The transaction, and who did it when, stand in every change."""

LONGER_FILES = {
    # A file of statements: the formatter gives every column a line of its own.
    "storage/queries/campaigns.py": 500,
    "storage/queries/customers.py": 500,
}
ALL = modules(*PARTS, "tests")


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    listed = function.args
    names = [one.arg for one in (*listed.posonlyargs, *listed.args, *listed.kwonlyargs)]
    return [name for name in names if name not in UNCOUNTED]


@pytest.mark.parametrize("module", ALL, ids=lambda module: module.path)
def test_a_file_is_short(module: Module) -> None:
    allowed = LONGER_FILES.get(module.path, FILE_LINES_MAX)

    assert len(module.text.splitlines()) <= allowed


def test_every_exception_is_still_needed() -> None:
    sizes = {module.path: len(module.text.splitlines()) for module in ALL}

    assert [path for path in LONGER_FILES if sizes.get(path, 0) <= FILE_LINES_MAX] == []


def test_a_function_is_short() -> None:
    found = [
        f"{module.path}: {function.name}"
        for module in ALL
        for function in module.functions()
        if (function.end_lineno or 0) - function.lineno + 1 > FUNCTION_LINES_MAX
    ]

    assert found == []


def test_a_function_has_few_parameters() -> None:
    found = [
        f"{module.path}: {function.name}"
        for module in modules(*PARTS)
        for function in module.functions()
        if len(parameters(function)) > PARAMETERS_MAX
    ]

    assert found == []


def test_nothing_is_imported_inside_a_function() -> None:
    """Needing it means that an arrow of the import map is wrong."""
    found = [
        f"{module.path}: {function.name}"
        for module in modules(*PARTS)
        for function in module.functions()
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert found == []


def test_every_file_says_in_a_sentence_what_it_is() -> None:
    missing = [
        module.path
        for module in modules(*PARTS)
        if not (ast.get_docstring(module.tree) or "").strip()
    ]

    assert missing == []
