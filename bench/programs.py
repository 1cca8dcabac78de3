"""Which programs popular packages put into an environment, beside what rule 5 of trust refuses.

    .cache/check/bin/python bench/programs.py [PACKAGE ...]

Each package is installed into an environment by itself, with what it depends on, by uv from the
index that pip uses here. Printed is each program that is on the list of rule 5, and each that hides
one on PATH now: what the wider rule, which knows no list, would have to know as a package's own.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from autovenv.trust.made import SHADOWING

# Popular ones that bring programs, and those that bring the most.
_PACKAGES = """
black ruff mypy pytest tox nox pre-commit poetry pdm hatch pipenv virtualenv uv pip-tools build
twine httpie awscli yt-dlp jupyterlab notebook ipython django flask fastapi uvicorn gunicorn
celery scrapy ansible-core ansible-lint cookiecutter sphinx mkdocs cmake ninja meson conan pylint
flake8 isort bandit coverage numpy pandas scipy matplotlib dask docutils pygments nodeenv thefuck
glances
"""
PACKAGES = _PACKAGES.split()


def main() -> None:
    """Install each package, and print what its programs hide."""
    packages = sys.argv[1:] or PACKAGES
    programs: dict[str, str] = {}
    failed = []
    with tempfile.TemporaryDirectory(dir=Path.home()) as folder:
        for package in packages:
            venv = Path(folder, package)
            if not install(package, venv):
                failed.append(package)
                continue
            for path in (venv / "bin").iterdir():
                programs.setdefault(path.name, package)
            shutil.rmtree(venv)
    hidden = {name: shutil.which(name) for name in sorted(programs)}
    print(f"{len(packages) - len(failed)} packages, {len(programs)} programs")
    print("not installed:", ", ".join(failed) or "none")
    listed = [f"{name} ({programs[name]})" for name in sorted(programs) if name in SHADOWING]
    print("on the list of rule 5:", ", ".join(listed) or "none")
    print("on PATH now:", ", ".join(f"{n} ({programs[n]})" for n, path in hidden.items() if path))


def install(package: str, venv: Path) -> bool:
    """Make an environment at `venv` with the package in it; tell whether that went well."""
    uv = [sys.executable, "-m", "uv"]
    commands = ([*uv, "venv", "-q", "-p", sys.executable, str(venv)],)
    commands += ([*uv, "pip", "install", "-q", "-p", str(venv / "bin" / "python"), package],)
    return all(subprocess.run(c, capture_output=True).returncode == 0 for c in commands)


if __name__ == "__main__":
    main()
