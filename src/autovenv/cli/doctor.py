"""`autovenv doctor`: what is wrong with this project and this machine, and what fixes it."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import click

from autovenv.cli import policy, reasons
from autovenv.cli.case import Case, Finding, Remark, Unknown, Word
from autovenv.cli.examinations import EXAMINATIONS

FINE, FINDINGS, CANNOT_TELL = 0, 1, 2


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@policy.SET_POLICY_OPTION
def doctor(as_json: bool, set_policy: bool) -> None:
    """Say what is wrong with this project and this machine, and the command that fixes it.

    Exits with 0 if nothing is, with 1 if something is, with 2 if that can't be told.
    """
    words = examine(os.environ)
    if as_json:
        click.echo(json.dumps(sorted_out(words), indent=2))
    else:
        click.echo("\n".join(told(words)))
    if set_policy:
        policy.offer(policy.judge(os.environ))
    click.get_current_context().exit(status(words))


def examine(environ: Mapping[str, str]) -> list[Word]:
    """Return what all examinations have to say, in the order of EXAMINATIONS."""
    case = Case.of(environ)
    return [word for examination in EXAMINATIONS for word in examination(case)]


def status(words: Sequence[Word]) -> int:
    """Return the exit status: a finding weighs more than what can't be told."""
    if any(isinstance(word, Finding) for word in words):
        return FINDINGS
    return CANNOT_TELL if any(isinstance(word, Unknown) for word in words) else FINE


def sorted_out(words: Sequence[Word]) -> dict[str, list[dict[str, object]]]:
    """Return what `--json` prints: three lists, of findings, of what can't be told, of remarks."""
    kinds = {"findings": Finding, "unknown": Unknown, "remarks": Remark}
    return {
        name: [_fields(word) for word in words if isinstance(word, kind)]
        for name, kind in kinds.items()
    }


def _fields(word: Word) -> dict[str, object]:
    if not isinstance(word, Finding):
        return asdict(word)
    own = {name: getattr(word, name) for name in ("topic", "what", "why", "command", "check")}
    return own | reasons.fields(word.problem)


def told(words: Sequence[Word]) -> list[str]:
    """Return the lines that a person reads: findings first, and at the end how it stands."""
    findings = [word for word in words if isinstance(word, Finding)]
    unknown = [word for word in words if isinstance(word, Unknown)]
    lines = [line for finding in findings for line in _finding(finding)]
    lines += [f"? {word.what}" for word in unknown]
    lines += [f"- {word.what}" for word in words if isinstance(word, Remark)]
    if not findings:
        lines.append("nothing else is wrong" if unknown else "nothing is wrong")
    return lines


def _finding(finding: Finding) -> list[str]:
    parts = [
        ("why", finding.why),
        ("run", finding.command),
        ("check", finding.check),
    ]
    return [f"! {finding.what}", *(f"  {name}: {part}" for name, part in parts if part)]
