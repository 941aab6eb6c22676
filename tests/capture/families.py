"""The families of instrumentations that are captured: where each one's files lie and how its packages are installed."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
DRIVING = HERE / "driving"  # what drives share
INSTALLED = ROOT / ".capture"  # a folder of packages for each family; never committed
GOLDEN = HERE.parent / "golden" / "dialects"


@dataclass(frozen=True, slots=True)
class Family:
    """One instrumentation, or several stacked on one another, as a user would install it."""

    name: str

    @property
    def source(self) -> Path:
        return HERE / "families" / self.name

    @property
    def golden(self) -> Path:
        return GOLDEN / self.name

    @property
    def facts(self) -> dict[str, Any]:
        """``facts.toml``: what is known of the family beforehand, never what we made of its spans."""
        return tomllib.loads((self.source / "facts.toml").read_text())

    @property
    def is_javascript(self) -> bool:
        return (self.source / "drive.mjs").exists()

    @property
    def _owner(self) -> str:
        """The family whose packages this one uses: its own, or for a stacked one those of another."""
        return str(self.facts.get("environment", self.name))

    def install(self) -> list[str]:
        """Install the family's packages when they are not; return the command that drives it."""
        return self._install_npm() if self.is_javascript else self._install_pip()

    def _install_pip(self) -> list[str]:
        requirements = HERE / "families" / self._owner / "requirements.txt"
        folder = INSTALLED / self._owner
        python = folder / "bin" / "python"
        if _is_new(folder, requirements):
            subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
            pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-r", requirements]
            subprocess.run(pip, check=True)
            _stamp(folder, requirements)
        return [str(python), str(self.source / "drive.py")]

    def _install_npm(self) -> list[str]:
        folder, source = INSTALLED / self._owner, HERE / "families" / self._owner
        lock = source / "package-lock.json"
        if _is_new(folder, lock):
            folder.mkdir(parents=True, exist_ok=True)
            for name in ("package.json", "package-lock.json"):
                shutil.copy(source / name, folder / name)
            subprocess.run(
                ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"], cwd=folder, check=True
            )
            _stamp(folder, lock)
        # Node looks for packages beside the file that asks for them.
        for module in [self.source / "drive.mjs", *DRIVING.glob("*.mjs")]:
            shutil.copy(module, folder / module.name)
        return ["node", str(folder / "drive.mjs")]

    def packages(self) -> dict[str, str]:
        """The packages that ``facts.toml`` names and the versions that are pinned."""
        names, source = self.facts["packages"], HERE / "families" / self._owner
        if self.is_javascript:
            locked = json.loads((source / "package-lock.json").read_text())["packages"]
            return {name: locked[f"node_modules/{name}"]["version"] for name in names}
        lines = (source / "requirements.txt").read_text().splitlines()
        pinned = dict(line.split("==") for line in lines if "==" in line)
        return {name: pinned[name] for name in names}


def captured() -> list[Family]:
    """Every family that has a drive, by name."""
    return [Family(folder.name) for folder in sorted((HERE / "families").iterdir()) if (folder / "facts.toml").exists()]


def _is_new(folder: Path, requirements: Path) -> bool:
    stamp = folder / "installed"
    return not stamp.exists() or stamp.read_text() != _digest(requirements)


def _stamp(folder: Path, requirements: Path) -> None:
    (folder / "installed").write_text(_digest(requirements))


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
