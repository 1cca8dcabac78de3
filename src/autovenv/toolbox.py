"""The tools that make environments: a row for each, with all that is known of it beforehand.

Where a tool keeps a project's environment is computed by the module of its name in find/tools/,
which is imported only where it is needed. Every hook and every question reads these rows: they are
data, and import nothing.
"""

from __future__ import annotations

PYPROJECT = "pyproject.toml"

# When a tool is asked about a pyproject.toml: where it left a sign there; as if it had left one
# everywhere; after all others in any case, since it may leave none.
SIGNED, EVERYWHERE, AFTER_OTHERS = "signed", "everywhere", "after others"


class Tool:
    """A tool. Each field is to be given, so that none is forgotten.

    `name`: of its program, of its table in pyproject.toml, and of its module in find/tools/.
    `markers`: the files in a project's folder for which it is asked. One that isn't PYPROJECT is
    this tool's alone; it becomes a marker by standing here.
    `turn`: for a PYPROJECT, one of the three words above. The signs are its table, and `backend`:
    how the build backend's name begins that the tool writes there, "" for none.
    `lock` and `table` say that it makes the environment even where there is none yet: the name of
    its lock file, "" for none; the keys below `[tool]` in pyproject.toml, () for none.
    `chosen_by`: the marker and the variable, "" for none, without which no other environment than
    the folder's `.venv` is chosen; None where that can't be. With it, the module has
    `find_preferred(project)`.
    `variables`: those that it alone reads to know where environments are.
    `install`: the command that makes the environment. `repairs`: whether that helps where the
    interpreter is gone. `clear`: the command that takes a broken one away before `install`.
    `use`: the command that is told a Python before `install`, () for none; `takes_python`: whether
    `install` is told it, by --python.
    """

    __slots__ = (
        "backend",
        "chosen_by",
        "clear",
        "install",
        "lock",
        "markers",
        "name",
        "repairs",
        "table",
        "takes_python",
        "turn",
        "use",
        "variables",
    )

    def __init__(
        self,
        name: str,
        *,
        markers: tuple[str, ...],
        turn: str,
        backend: str,
        lock: str,
        table: tuple[str, ...],
        chosen_by: tuple[str, str] | None,
        variables: tuple[str, ...],
        install: tuple[str, ...],
        repairs: bool,
        clear: tuple[str, ...],
        use: tuple[str, ...],
        takes_python: bool,
    ) -> None:
        self.name = name
        self.markers = markers
        self.turn = turn
        self.backend = backend
        self.lock = lock
        self.table = table
        self.chosen_by = chosen_by
        self.variables = variables
        self.install = install
        self.repairs = repairs
        self.clear = clear
        self.use = use
        self.takes_python = takes_python


# In the order in which they are asked, among those that a project has a marker or a sign of.
_ROWS = (
    Tool(
        "poetry",
        markers=(PYPROJECT,),
        turn=AFTER_OTHERS,
        backend="poetry.",
        lock="poetry.lock",
        table=("poetry",),
        chosen_by=None,
        variables=(
            "POETRY_CACHE_DIR",
            "POETRY_CONFIG_DIR",
            "POETRY_VIRTUALENVS_CREATE",
            "POETRY_VIRTUALENVS_IN_PROJECT",
            "POETRY_VIRTUALENVS_PATH",
            "POETRY_VIRTUALENVS_USE_POETRY_PYTHON",
        ),
        install=("poetry", "install"),
        repairs=True,
        clear=("poetry", "env", "remove", "--all"),
        use=("poetry", "env", "use"),
        takes_python=False,
    ),
    Tool(
        "pdm",
        markers=(PYPROJECT, ".pdm-python"),
        turn=SIGNED,
        backend="pdm.",
        lock="pdm.lock",
        table=("pdm",),
        chosen_by=(".pdm-python", ""),
        variables=("PDM_CONFIG_FILE", "PDM_PYTHON"),
        install=("pdm", "install"),
        repairs=True,
        clear=("pdm", "venv", "create", "--force"),
        use=("pdm", "use", "--first"),
        takes_python=False,
    ),
    Tool(
        "uv",
        markers=(PYPROJECT,),
        turn=EVERYWHERE,  # it takes any project in a workspace, or with its variable
        backend="",
        lock="uv.lock",
        table=("uv",),
        chosen_by=(PYPROJECT, "UV_PROJECT_ENVIRONMENT"),
        variables=("UV_PROJECT_ENVIRONMENT",),
        install=("uv", "sync"),
        repairs=True,
        clear=("uv", "venv", "--clear"),
        use=(),
        takes_python=True,
    ),
    Tool(
        "hatch",
        markers=(PYPROJECT,),
        turn=AFTER_OTHERS,
        backend="hatchling.",
        lock="",
        table=("hatch", "envs"),  # [tool.hatch] alone is hatchling's, which builds and no more
        chosen_by=None,
        variables=("HATCH_CONFIG", "HATCH_DATA_DIR", "HATCH_ENV_TYPE_VIRTUAL_PATH"),
        install=("hatch", "env", "create"),
        repairs=False,
        clear=("hatch", "env", "remove", "default"),
        use=(),
        takes_python=False,
    ),
    Tool(
        "pipenv",
        markers=("Pipfile",),
        turn=SIGNED,
        backend="",
        lock="",  # Pipfile.lock is beside a Pipfile
        table=(),
        chosen_by=None,
        variables=(
            "PIPENV_CUSTOM_VENV_NAME",
            "PIPENV_DONT_LOAD_ENV",
            "PIPENV_DOTENV_LOCATION",
            "PIPENV_NO_VENV_IN_PROJECT",
            "PIPENV_PIPFILE",
            "PIPENV_PYTHON",
            "PIPENV_VENV_IN_PROJECT",
            "PYTHON_DOTENV_DISABLED",
        ),
        install=("pipenv", "install"),
        repairs=False,
        clear=("pipenv", "--rm"),
        use=(),
        takes_python=True,
    ),
)

TOOLS = {tool.name: tool for tool in _ROWS}

# The files of a project whose environment may be elsewhere, and the variables that say where.
MARKERS = tuple(dict.fromkeys(marker for tool in _ROWS for marker in tool.markers))
VARIABLES = tuple(variable for tool in _ROWS for variable in tool.variables)
