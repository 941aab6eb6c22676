"""The rules of the house that a machine can check."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("spanwarden", "dashboard", "collector", "analytics", "policies", "storage")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
LONGEST = 260


def test_imports_go_one_way():
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_module_is_one_idea_of_bearable_length(path):
    text = path.read_text()
    lines = text.count("\n")
    assert lines <= LONGEST, f"{lines} lines: split it by idea"
    if path.name == "__init__.py":
        assert not text.strip() or ast.get_docstring(ast.parse(text)), "a package's __init__.py stays empty"
    elif lines > 0:
        assert ast.get_docstring(ast.parse(text)), "say in one docstring what the module is for"


def test_only_settings_read_the_environment():
    readers = [
        str(path.relative_to(ROOT))
        for path in MODULES
        if "os.environ" in path.read_text() or "os.getenv" in path.read_text()
    ]
    assert set(readers) <= {"spanwarden/settings.py"}, readers


def test_the_acceptor_loads_no_engine_and_no_numbers():
    code = (
        "import sys, spanwarden.acceptor\n"
        "print([n for n in ('chdb', 'clickhouse_connect', 'pandas', 'numpy', 'sklearn', 'dash', 'plotly')"
        " if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_package_is_in_the_wheel_and_typed():
    assert all((ROOT / package / "py.typed").exists() for package in PACKAGES)
