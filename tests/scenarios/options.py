"""The user's options, aliases and functions, in each shell."""

from __future__ import annotations

from scenarios.language import POSIX, Scenario, cd, deactivate, export, prompt, run, unset
from scenarios.shared import A_AND_B, P, gone
from trees import Env, Folder

# Options that a user may have set, and a tour that goes through most of a hook.
OPTIONS = {
    "bash": [
        "set -u",
        "set -e",
        "set -o noclobber",
        "set -o posix",
        "set -f",
        "shopt -s nullglob",
        "shopt -s failglob",
        "shopt -s dotglob extglob nocaseglob nocasematch",
        "set -o pipefail",
        "IFS=/:",
        "alias cd='cd -P' test=false [=false read=false local=false builtin=false printf=false",
        "test() { return 1; }; read() { return 1; }; printf() { return 1; }",
        "export GREP_OPTIONS=-v POSIXLY_CORRECT=1",
        "export() { return 1; }; unset() { return 1; }; declare() { return 1; }",
        "shopt() { return 1; }; hash() { return 1; }; exec() { return 1; }; set() { return 1; }",
        'cd() { builtin cd "$@" && true; }; python() { return 1; }; sh() { return 1; }',
        "shopt -s cdable_vars cdspell autocd; CDPATH=/usr",
        "trap 'touch {home}/pwned-by-a-trap' ERR; set -E",
        "shopt -s extdebug; set -T",
    ],
    "zsh": [
        "setopt no_unset",
        "setopt err_exit",
        "setopt no_clobber",
        "setopt ksh_arrays",
        "setopt sh_word_split",
        "setopt extended_glob",
        "setopt null_glob",
        "setopt no_nomatch glob_subst",
        "setopt csh_null_glob",
        "setopt warn_create_global",
        "setopt prompt_subst",
        "setopt all_export",
        "setopt auto_pushd pushd_silent chase_links",
        "IFS=/:",
        "alias cd='cd -P' test=false '[=false' read=false local=false builtin=false print=false",
        "test() { return 1 }; read() { return 1 }; print() { return 1 }",
        "export() { return 1 }; unset() { return 1 }; typeset() { return 1 }",
        "exec() { return 1 }; set() { return 1 }; emulate() { return 1 }; rehash() { return 1 }",
        'cd() { builtin cd "$@" && true }; python() { return 1 }; sh() { return 1 }',
        "TRAPERR() { touch {home}/pwned-by-a-trap }",
    ],
    "fish": [
        "function printf; return 1; end",
        "function contains; return 1; end; function path; return 1; end",
        "function math; return 1; end; function emit; end; alias env false",
        "function cd; builtin cd $argv; and true; end; function sh; return 1; end",
        "alias ls false; abbr -a p python",
        "fish_vi_key_bindings",
    ],
    "pwsh": [
        "Set-StrictMode -Version 3",
        "$ErrorActionPreference = 'Stop'",
        "$PSNativeCommandUseErrorActionPreference = $true",
        "$OFS = '/'",
        "Set-Alias cat Get-Content; function Get-Item { throw 'shadowed' }",
        "function Test-Path { throw 'shadowed' }; function Join-Path { throw 'shadowed' }",
        "function Get-Variable { throw 'shadowed' }; function Write-Host { throw 'shadowed' }; "
        "function Where-Object { throw 'shadowed' }; function Set-Item { throw 'shadowed' }; "
        "function ForEach-Object { throw 'shadowed' }; function Get-Content { throw 'shadowed' }; "
        "function New-Object { throw 'shadowed' }; function Set-Variable { throw 'shadowed' }",
        "function cd { Set-Location @args }; function python { throw 'shadowed' }; "
        "Set-Alias Get-Command Get-Date; Set-Alias Out-String Get-Date; Set-Alias sh Get-Date",
    ],
}

USER_OPTIONS = [
    Scenario(
        f"with {option}",
        {**A_AND_B, "broken/.venv": Env(lacks=("bin/python",)), "a/src": Folder()},
        [
            cd("a", "a/.venv"),
            prompt(asks=0),
            cd("a/src"),
            cd("b", "b/.venv"),
            cd(
                "broken",
                None,
                note=gone("broken"),
            ),
            cd("a", "a/.venv"),
            deactivate(),
            cd("elsewhere"),
            cd("b", "b/.venv"),
        ],
        shells=[shell],
        before=option,
        alters=["GREP_OPTIONS", "POSIXLY_CORRECT"],
    )
    for shell, options in OPTIONS.items()
    for option in options
] + [
    Scenario(
        "a trap on ERR sees what fails, and nothing of ours",
        P,
        [
            cd("p", "p/.venv"),
            run("false", status=1),
            # The probe after it keeps the status, and so has failed, too.
            run("wc -l <{home}/failed", output="2\n"),
        ],
        shells=("bash",),
        before="trap 'echo >>{home}/failed' ERR",
    ),
    Scenario(
        "PATH unset under set -u",
        P,
        [
            run("unset PATH; cd {home}/p; cd {home}/elsewhere; cd {home}/p", "p/.venv"),
            run("unset PATH", "p/.venv"),
            export("PATH", "{root}/bin:/usr/bin:/bin"),
            unset("VIRTUAL_ENV", "p/.venv"),
        ],
        shells=POSIX,
        before={"bash": "set -u", "zsh": "setopt no_unset"},
    ),
]
