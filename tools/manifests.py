"""Fills in the Homebrew formula and the scoop manifest for a release that was built.

    python tools/manifests.py DIST URL HOMEPAGE

DIST is the folder with the wheel and the sdist that `python -m build` made; URL is the folder from
which they can be fetched, HOMEPAGE the project's page. The files are written to DIST/packaging.
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEMPLATES = ("autovenv.rb", "autovenv.json")
TOKEN = re.compile(r"@([A-Z0-9_]+)@")


def main(dist: str, url: str, homepage: str) -> None:
    """Write both files."""
    values = tokens(Path(dist), url.rstrip("/"), homepage)
    folder = Path(dist) / "packaging"
    folder.mkdir(exist_ok=True)
    for name in TEMPLATES:
        text = (ROOT / "packaging" / name).read_text(encoding="utf-8")
        (folder / name).write_text(TOKEN.sub(lambda m: values[m[1]], text), encoding="utf-8")


def tokens(dist: Path, url: str, homepage: str) -> dict[str, str]:
    """Return what stands in the place of each token; end where there isn't one wheel and sdist."""
    values = {"HOMEPAGE": homepage}
    for kind, pattern in (("WHEEL", "autovenv_shell-*.whl"), ("SDIST", "autovenv_shell-*.tar.gz")):
        files = [*dist.glob(pattern)]
        if len(files) != 1:
            sys.exit(f"{dist} has {len(files)} files like {pattern}: build into an empty folder")
        values[f"{kind}_URL"] = f"{url}/{files[0].name}"
        values[f"{kind}_SHA256"] = hashlib.sha256(files[0].read_bytes()).hexdigest()
        values["VERSION"] = files[0].name.split("-")[1].removesuffix(".tar.gz")
    return values


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
