# What oh-my-zsh's plugins poetry-env and pipenv do: in a project's own folder they source `activate`,
# and on a cd to any other, one below it as well, they call `deactivate`, whether there is one or not.
__omz_toggle() {
  if [[ -n ${__omz_active-} && $PWD != $__omz_active ]]; then
    __omz_active=
    deactivate
  fi
  if [[ -z ${__omz_active-} && -f .venv/bin/activate ]]; then
    __omz_active=$PWD
    . .venv/bin/activate
  fi
}
chpwd_functions+=(__omz_toggle)
