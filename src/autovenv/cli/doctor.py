"""`autovenv doctor`: what is wrong with this project and this machine, and what fixes it."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import click

import autovenv
from autovenv import paths
from autovenv.cli import Failure, colour, policy, reasons
from autovenv.cli.case import Case, Finding, Remark, Result, Unknown
from autovenv.cli.examinations import EXAMINATIONS
from autovenv.text import clean

REPORT_LIMIT = 4000  # characters of a line

_STYLES: colour.Styles = {
    "! ": {"fg": "red"},
    "? ": {"fg": "yellow"},
    "  run: ": {"bold": True},
    "nothing is wrong": {"fg": "green"},
}

FINE, FINDINGS, CANNOT_TELL = 0, 1, 2


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.option("--fix", "is_fixed", is_flag=True, help="Offer what is safe, one by one.")
@click.option("--report", "is_report", is_flag=True, help="Begin with a head for bug reports.")
@policy.SET_POLICY_OPTION
def doctor(as_json: bool, is_fixed: bool, is_report: bool, set_policy: bool) -> None:
    r"""Say what is wrong with this project and this machine, and the command that fixes it.

    Exits with 0 if nothing is, with 1 if something is, with 2 if that can't be told.

    \b
    autovenv doctor
    autovenv doctor --fix
    """
    results = examine(os.environ)
    if as_json:
        click.echo(json.dumps(sort_results(results), indent=2))
    else:
        lines = write_head(os.environ) if is_report else []
        click.echo("\n".join([*lines, *colour.paint(write_lines(results), _STYLES)]))
    if is_fixed:
        _fix(results)
    if set_policy:
        policy.offer(policy.judge(os.environ))
    click.get_current_context().exit(find_exit_status(results))


def write_head(environ: Mapping[str, str]) -> list[str]:
    """Return what a bug report begins with: versions, shell, hook, folders, what was looked at."""
    case = Case.make(environ)
    seen = [path for marked in case.found for path in marked.list_paths()]
    lines = [
        f"autovenv {autovenv.__version__}, Python {platform.python_version()} ({sys.executable})",
        f"system: {platform.platform()}",
        f"shell's hook: {environ.get('__AUTOVENV_HOOK') or 'not loaded in this shell'}",
        f"folder: {case.folder}",
        f"state: {paths.find_state_folder(environ)}",
        f"settings: {paths.find_config_file(environ)}",
        f"markers: {', '.join(seen) or 'none'}",
        f"looked at: {', '.join([*case.evidence.paths, *case.evidence.absent]) or 'nothing'}",
        "",
    ]
    return [clean(line, REPORT_LIMIT) for line in lines]


def _fix(results: Sequence[Result]) -> None:
    """Offer each command that destroys nothing, and run it after a yes."""
    fixable = [result for result in results if isinstance(result, Finding) and result.fix]
    if not fixable:
        click.echo("autovenv: there is nothing that could be fixed without you")
    for finding in fixable:
        if not click.confirm(f"{finding.what}\nRun {finding.command}?", err=True):
            continue
        first, *rest = finding.fix
        ours = [
            sys.executable,
            "-I",
            os.path.join(os.path.dirname(autovenv.__file__), "__main__.py"),
        ]
        command = [*ours, *rest] if first == "autovenv" else [first, *rest]
        try:
            status = subprocess.run(command, cwd=finding.place or None).returncode
        except OSError as error:
            raise Failure(f"{first}: {error.strerror or error}") from None
        if status:
            raise Failure(f"{finding.command} failed with exit status {status}")


def examine(environ: Mapping[str, str]) -> list[Result]:
    """Return what all examinations have to say, in the order of EXAMINATIONS."""
    case = Case.make(environ)
    return [result for examination in EXAMINATIONS for result in examination(case)]


def find_exit_status(results: Sequence[Result]) -> int:
    """Return the exit status: a finding weighs more than what can't be told."""
    if any(isinstance(result, Finding) for result in results):
        return FINDINGS
    return CANNOT_TELL if any(isinstance(result, Unknown) for result in results) else FINE


def sort_results(results: Sequence[Result]) -> dict[str, list[dict[str, object]]]:
    """Return what `--json` prints: three lists, of findings, of what can't be told, of remarks."""
    kinds = {"findings": Finding, "unknown": Unknown, "remarks": Remark}
    return {
        name: [_list_fields(result) for result in results if isinstance(result, kind)]
        for name, kind in kinds.items()
    }


def _list_fields(result: Result) -> dict[str, object]:
    if not isinstance(result, Finding):
        return asdict(result)
    own = {name: getattr(result, name) for name in ("topic", "what", "why", "command", "check")}
    return own | reasons.list_fields(result.problem)


def write_lines(results: Sequence[Result]) -> list[str]:
    """Return the lines that a person reads: findings first, and at the end how it stands."""
    findings = [result for result in results if isinstance(result, Finding)]
    unknown = [result for result in results if isinstance(result, Unknown)]
    lines = [line for finding in findings for line in _write_finding(finding)]
    lines += [f"? {result.what}" for result in unknown]
    lines += [f"- {result.what}" for result in results if isinstance(result, Remark)]
    if not findings:
        lines.append("nothing else is wrong" if unknown else "nothing is wrong")
    return lines


def _write_finding(finding: Finding) -> list[str]:
    by_hand = not finding.command
    parts = [
        ("why", finding.why),
        ("run", finding.command),
        ("by hand" if by_hand else "check", finding.check),
    ]
    return [f"! {finding.what}", *(f"  {name}: {part}" for name, part in parts if part)]
