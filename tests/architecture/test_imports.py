"""The import map of design.md: arrows run downwards only."""

import sys

import pytest

from tests.architecture.parts import PARTS, Module, modules

BELOW: dict[str, set[str]] = {
    "dangol": set(PARTS),
    "bot": {"bot", "campaigns", "loyalty", "subsidy", "storage", "domain"},
    "console": {"console", "campaigns", "loyalty", "subsidy", "storage", "domain"},
    "simulator": {"simulator"},
    "campaigns": {"campaigns", "loyalty", "subsidy", "storage", "domain"},
    "loyalty": {"loyalty", "storage", "domain"},
    "subsidy": {"subsidy", "storage", "domain"},
    "storage": {"storage", "domain"},
    "domain": {"domain"},
}
MAY_IMPORT_SIMULATOR = {"dangol/demo.py", "dangol/simulate.py", "dangol/story.py"}
REHEARSAL = "dangol/rehearsal/"
MAY_CALL_SENDERS = {
    "campaigns/balances.py",
    "campaigns/dispatch.py",
    "campaigns/inspections.py",
    "campaigns/pictures.py",
}
"""One sends; the others ask a provider or bring it a picture, and nothing leaves by that."""

SENDERS = "campaigns/senders/"
ALL = modules(*PARTS)


def ours(module: Module) -> set[str]:
    """What a file imports of ours, by full name."""
    return {name for name in module.imports() if name.partition(".")[0] in PARTS}


def tops(names: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("module", ALL, ids=lambda module: module.path)
def test_a_part_imports_only_what_lies_below_it(module: Module) -> None:
    assert tops(ours(module)) <= BELOW[module.part]


def test_every_part_has_files() -> None:
    assert {module.part for module in ALL} == set(PARTS)


def test_senders_import_only_the_domain_and_each_other() -> None:
    for module in ALL:
        if module.path.startswith(SENDERS):
            names = {name for name in ours(module) if not name.startswith("campaigns.senders")}
            assert tops(names) <= {"domain"}, module.path


def test_only_the_dispatcher_of_the_engine_knows_senders() -> None:
    """Whatever wants to be sent becomes a row; one place sends."""
    found = {
        module.path
        for module in modules("campaigns")
        if not module.path.startswith(SENDERS)
        and any(name.startswith("campaigns.senders") for name in ours(module))
    }

    assert found == MAY_CALL_SENDERS


def test_table_classes_never_leave_storage() -> None:
    found = {
        module.path
        for module in ALL
        if module.part != "storage"
        and any(name.startswith("storage.models") for name in ours(module))
    }

    assert found == set()


def test_only_the_demo_its_kin_and_tests_import_the_simulator() -> None:
    found = {
        module.path
        for module in ALL
        if module.part != "simulator" and "simulator" in tops(ours(module))
    }

    assert {path for path in found if not path.startswith(REHEARSAL)} <= MAY_IMPORT_SIMULATOR


def test_the_domain_imports_only_the_standard_library() -> None:
    for module in modules("domain"):
        outside = tops(set(module.imports())) - {"domain"}
        assert outside <= sys.stdlib_module_names, module.path


def test_the_domain_asks_neither_clock_nor_environment_nor_chance() -> None:
    """Time, randomness and ids are arguments; one function in domain/time.py is the clock."""
    forbidden = {"os", "random", "secrets", "uuid", "time", "asyncio", "logging", "socket"}
    for module in modules("domain"):
        assert not tops(set(module.imports())) & forbidden, module.path
        assert module.path == "domain/time.py" or ".now(" not in module.text, module.path


def test_only_the_ledger_writes_transfers() -> None:
    found = {
        module.path for module in ALL if "storage.queries.ledger.insert_entries" in ours(module)
    }

    assert found == {"subsidy/ledger.py"}


def test_the_environment_is_read_at_the_edge_only() -> None:
    """The command line hands it to the settings, and nothing else ever sees it."""
    found = {module.part for module in ALL if "os.environ" in module.text}

    assert found <= {"dangol", "simulator"}
