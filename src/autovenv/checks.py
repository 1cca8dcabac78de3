"""The kinds of a record's checks, and the shape that most records have.

The checks are what a shell compares before it believes the record again; it needn't know why:

    own path            the path belongs to the user who asks
    shell name          the record is valid in this shell alone: its note is quoted for it
    visit               fails where one comes from elsewhere, so that each visit asks again
    time path           the path has exactly the modification time of its stamp, which bears the
                        number of the check among those of this kind
    target path         the path of the check before it still leads there
    absent path         nothing can be reached there
    common text         the variables that matter to most answers (`COMMON`) are these, each as
                        NAME=value, ended by a newline; one that is unset is empty
    names NAME NAME     the other variables that matter, with a blank between ...
    values text         ... are these, each ended by a newline: NAME=value, or NAME- where it is
                        unset; PATH is compared without our entry
    standing            what is before it counts where a record is taken from the store, what is
                        behind it at each prompt, too
    folder path         the record is valid in this folder alone
    again               never valid: the next prompt asks again

A shell takes a kind of check that it doesn't know for one that fails. A check of nothing, one that
has no path, passes: such checks fill most records up to one shape, which a shell compares as a
whole. That takes it a fifth of the time that it takes to go through the checks one by one.
"""

from autovenv import toolbox

OWN, SHELL, VISIT, STANDING = "own", "shell", "visit", "standing"
TIME, TARGET, ABSENT = "time", "target", "absent"
COMMON_ONES, NAMES, VALUES = "common", "names", "values"
FOLDER, AGAIN = "folder", "again"

# Compared as one text, and built into every hook: to look at them by name takes ten times as long.
COMMON = (
    "HOME",
    "XDG_CONFIG_HOME",
    "UV_PROJECT_ENVIRONMENT",
    "PYENV_VERSION",
    "SUDO_UID",
    "AUTOVENV_IGNORE",
    "AUTOVENV_LABEL",
    "AUTOVENV_NOTES",
    "AUTOVENV_SWITCH",
)

# The variables of no single tool that an answer may depend on.
_OF_NO_TOOL = (
    "APPDATA",
    "ASDF_DATA_DIR",
    "ASDF_PYTHON_VERSION",
    "AUTOVENV_IGNORE",
    "AUTOVENV_LABEL",
    "AUTOVENV_NOTES",
    "AUTOVENV_SWITCH",
    "AUTOVENV_TRUST",
    "HOME",
    "LOCALAPPDATA",
    "MISE_DATA_DIR",
    "MISE_PYTHON_VERSION",
    "PATH",
    "PYENV_ROOT",
    "PYENV_VERSION",
    "SUDO_UID",
    "USERPROFILE",
    "UV_PYTHON_INSTALL_DIR",
    "VIRTUALFISH_HOME",
    "WORKON_HOME",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
)

# All that an answer may depend on. The list is built into every hook.
VARIABLES = tuple(sorted((*_OF_NO_TOOL, *toolbox.VARIABLES)))

# How many checks of a kind the usual shape has room for, before and behind STANDING.
ON_ENTERING = {OWN: 3, TIME: 3, ABSENT: 12}
AT_A_PROMPT = {TIME: 4, ABSENT: 2}

# bash, zsh and fish know by number what stands where in it.
USUAL = (
    *(OWN,) * ON_ENTERING[OWN],
    *(TIME,) * ON_ENTERING[TIME],
    *(ABSENT,) * ON_ENTERING[ABSENT],
    STANDING,
    *(TIME,) * AT_A_PROMPT[TIME],
    TARGET,
    *(ABSENT,) * AT_A_PROMPT[ABSENT],
    COMMON_ONES,
)
