"""What doctor says of what is around an environment: variables, pip, git, the rc file."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator

from autovenv import caller, pasting, paths, rcfile, shells, startup
from autovenv.cli import proof
from autovenv.cli.case import Case, Finding, Result, Unknown
from autovenv.cli.git import Git
from autovenv.find import environments
from autovenv.find.environments import BIN, PYTHON
from autovenv.git import repositories
from autovenv.text import NOTE_LIMIT, clean

# What sends imports or installations elsewhere than into the environment that is active.
VARIABLES = {
    "PYTHONPATH": "Its modules come before those of every environment.",
    "PYTHONHOME": "Each interpreter takes its standard library from there.",
    "PIP_USER": "pip installs for the user, and not into the environment.",
    "PIP_TARGET": "pip installs into that folder, and not into the environment.",
    "PIP_PREFIX": "pip installs into that folder, and not into the environment.",
}

_REQUIREMENT = re.compile(r"^\s*([A-Za-z0-9][A-Za-z0-9._-]*)", re.MULTILINE)


def examine_variables(case: Case) -> Iterator[Result]:
    """Say which variables lead imports and installations astray."""
    unset = shells.SHELLS[caller.name_asking(case.environ)].unset
    for name, why in VARIABLES.items():
        value = case.environ.get(name, "")
        if not value or (name.startswith("PIP_USER") and value.lower() in ("0", "no", "false")):
            continue
        what = clean(f"{name} is set to {value}.", NOTE_LIMIT)
        check = f"it is gone in a new shell, too: else look for {name} in the shell's files"
        yield Finding("variables", what, why, unset.format(name), check)
    required = case.environ.get("PIP_REQUIRE_VIRTUALENV", "").lower()
    if required not in ("", "0", "no", "false") and not case.environ.get("VIRTUAL_ENV"):
        yield Finding(
            "variables",
            "PIP_REQUIRE_VIRTUALENV is set, and no environment is active.",
            "pip refuses to do anything here.",
            unset.format("PIP_REQUIRE_VIRTUALENV"),
            "`pip list` answers",
        )


def examine_pip(case: Case) -> Iterator[Result]:
    """Say whether `pip` is another Python's, since the active environment has none."""
    environment = case.environ.get("VIRTUAL_ENV", "")
    path = case.environ.get("PATH", "")
    folder = os.path.join(environment, BIN)
    if not environment or not os.path.lexists(os.path.join(folder, PYTHON)):
        return
    found = shutil.which("pip", path=path)
    if not found or os.path.dirname(found) == folder or shutil.which("pip", path=folder):
        return
    settings = environments.parse_settings(case.evidence.read(f"{environment}/pyvenv.cfg")) or {}
    by_uv = "uv" in settings and shutil.which("uv", path=path)
    words = ["uv", "pip", "install", "pip"] if by_uv else ["python", "-m", "ensurepip"]
    yield Finding(
        "pip",
        clean(f"{environment} has no pip, and pip is {found}.", NOTE_LIMIT),
        "`pip install` goes elsewhere, and the import fails here."
        + (" `uv pip install` goes to this one." if by_uv else ""),
        " ".join(words),
        "`python -m pip --version` names this environment",
        fix=(*words,),
    )


def examine_state_folder(case: Case) -> Iterator[Result]:
    """Say whether answers and approvals can't be kept."""
    wanted = paths.find_state_folder(case.environ)
    folder = wanted
    while not os.path.lexists(folder) and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
    if os.access(folder, os.W_OK | os.X_OK):
        return
    shell = caller.name_asking(case.environ)
    command, _ = pasting.write_command(["chmod", "u+rwx", folder], shell)
    yield Finding(
        "store",
        clean(f"{wanted} can't be written: {folder} may not be.", NOTE_LIMIT),
        "Each change of folder starts a process, and `allow` can't keep what you said.",
        command if os.path.isdir(folder) and shell != "powershell" else "",
        "`autovenv doctor` says nothing of it; XDG_STATE_HOME names another folder",
    )


def examine_git(case: Case) -> Iterator[Result]:
    """Say whether git would add the environment to the project's repository."""
    environment = case.verdict.environment
    folder = os.path.dirname(environment)
    settings = os.path.join(environment, "pyvenv.cfg")
    if not environment or not os.path.isfile(settings) or not _is_in_repository(folder):
        return
    if repositories.find_tracking_top(environment):
        yield _report_tracked(environment, caller.name_asking(case.environ))
        return
    git = Git(folder, environment)
    if git.obstacle:
        what = f"git isn't asked whether it ignores {environment}: it could wait for {git.obstacle}"
        yield Unknown("git", clean(what, NOTE_LIMIT))
        return
    done = git.ask("check-ignore", "-q", "--no-index", settings)
    if done is None or done.returncode != 1:
        return  # ignored, or git can't tell
    file = os.path.join(environment, ".gitignore")
    yield Finding(
        "git",
        clean(f"git doesn't ignore {environment}.", NOTE_LIMIT),
        "`git add .` commits it, and whoever clones that is asked whether they trust it.",
        pasting.write_to_file("*", file, caller.name_asking(case.environ)),
        "`git status` doesn't name it",
        fix=("sh", "-c", 'echo "*" > "$1"', "sh", file) if os.name != "nt" else (),
    )


def _report_tracked(environment: str, shell: str) -> Finding:
    """Return that git tracks an environment which is active all the same, as by `allow`."""
    folder, name = os.path.split(environment)
    words = ["git", "-C", folder, "rm", "-r", "--cached", "--quiet", name]
    return Finding(
        "git",
        clean(f"git tracks {environment}.", NOTE_LIMIT),
        "This machine's paths are in each clone, and a checkout changes the environment.",
        pasting.write_command(words, shell)[0],
        f"`git ls-files {name}` names nothing; the files stay; then .gitignore is to name it",
    )


def _is_in_repository(folder: str) -> bool:
    while True:
        if os.path.lexists(os.path.join(folder, ".git")):
            return True
        if os.path.dirname(folder) == folder:
            return False
        folder = os.path.dirname(folder)


def examine_packages(case: Case) -> Iterator[Result]:
    """Say which requirements are the user's or the system's, and not in the environment.

    They were installed while nothing was active.
    """
    environment = case.verdict.environment
    listed = os.path.join(os.path.dirname(environment), "requirements.txt")
    text = case.evidence.read(listed) if environment else None
    if not text:
        return
    wanted = {_canonicalize(name) for name in _REQUIREMENT.findall(text)}
    here = _list_installed(_list_site_folders(environment))
    for base in _find_bases(environment, case):
        missing = sorted((wanted & _list_installed(_list_site_folders(base))) - here)
        if missing and not _has_system_packages(environment, case):
            yield _report_elsewhere(
                missing, base, environment, listed, caller.name_asking(case.environ)
            )
            return


def _find_bases(environment: str, case: Case) -> list[str]:
    """Return where the user's packages are, and those of the Pythons on PATH."""
    found = [case.environ.get("PYTHONUSERBASE") or f"{case.environ.get('HOME', '')}/.local"]
    for name in ("python", "python3"):
        program = shutil.which(name, path=case.evidence.environ.get("PATH", ""))
        if program:
            found.append(os.path.dirname(os.path.dirname(program)))
    return [base for base in dict.fromkeys(found) if base != environment]


def _has_system_packages(environment: str, case: Case) -> bool:
    text = case.evidence.read(f"{environment}/pyvenv.cfg")
    settings = environments.parse_settings(text) or {}
    return settings.get("include-system-site-packages", "").lower() == "true"


def _report_elsewhere(
    missing: list[str], base: str, environment: str, listed: str, shell: str
) -> Finding:
    words = ["python", "-m", "pip", "install", "-r", listed]
    command, _ = pasting.write_command(words, shell)
    return Finding(
        "packages",
        clean(f"{', '.join(missing)}: in {base}, and not in {environment}.", NOTE_LIMIT),
        "They were installed while nothing was active; an environment doesn't see them.",
        command,
        "`python -m pip list` names them",
    )


def _list_site_folders(base: str) -> list[str]:
    lib = os.path.join(base, "lib")
    try:
        versions = [name for name in os.listdir(lib) if name.startswith("python")]
    except OSError:
        return []
    kinds = ("site-packages", "dist-packages")  # Debian's own are in the latter
    return [os.path.join(lib, name, kind) for name in versions for kind in kinds]


def _list_installed(folders: list[str]) -> set[str]:
    names = set()
    for folder in folders:
        try:
            found = os.listdir(folder)
        except OSError:
            continue
        names |= {_canonicalize(each.split("-")[0]) for each in found if each.endswith("-info")}
    return names


def _canonicalize(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def examine_rc_file(case: Case) -> Iterator[Result]:
    """Say whether the hook's lines are there twice, or behind the end of the file."""
    hook = caller.read_hook(case.environ)
    if not hook:
        return
    name = hook[0]
    shell = shells.SHELLS[name]
    for path in startup.find_files(shell.name, case.environ):
        try:
            data = rcfile.read(path) or b""
        except OSError:
            continue
        above, mark, _ = data.partition(shell.marks.begin.encode())
        ending = proof.find_ending(above, name) if mark else None
        if ending:
            yield Finding(
                "hook",
                clean(f"{path} ends at {ending.line}, before the hook's lines.", NOTE_LIMIT),
                "A new shell never reaches them.",
                "",
                f"move the lines above it in {clean(path, NOTE_LIMIT)}",
            )
        below = data.partition(shell.marks.end.encode())[2]
        undoes = shell.signs.undoes
        if undoes and all(_has_line(below, sign) for sign in undoes.values()):
            yield Finding(
                "hook",
                clean(f"{path} sets {' and '.join(undoes)} again, below the hook's lines.", 1000),
                "They call the hook, and do so no longer: nothing is activated.",
                f"autovenv uninstall --shell {name}; autovenv install --shell {name}",
                "the hook's lines are the last of the file then; a new shell has it",
            )
        lines = re.findall(rb"^[^#\n]*\bautovenv\b[^\n]*\bhook\b", data, re.MULTILINE)
        has_block = shell.marks.begin.encode() in data
        if len(lines) > 1 and (not has_block or len(lines) > _count_in_block(data, shell)):
            yield Finding(
                "hook",
                clean(f"{path} loads the hook more than once.", NOTE_LIMIT),
                "The lines may be of two versions, and a shell's start pays for each.",
                "",
                f"take one of the lines out of {clean(path, NOTE_LIMIT)}",
            )


def _has_line(below: bytes, sign: str) -> bool:
    return re.search(sign.encode(), below, re.MULTILINE) is not None


def _count_in_block(data: bytes, shell: shells.Shell) -> int:
    """Return how many of the lines stand between the marks that `install` writes."""
    block = data.partition(shell.marks.begin.encode())[2].partition(shell.marks.end.encode())[0]
    return len(re.findall(rb"^[^#\n]*\bautovenv\b[^\n]*\bhook\b", block, re.MULTILINE))
