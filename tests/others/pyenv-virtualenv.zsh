# What pyenv-virtualenv does: at each prompt where nothing is active, the virtualenv of `pyenv global`
# is; PATH has the shims alone. What is chosen by name is so for this shell.
_pyenv_virtualenv_hook() {
  [[ -n ${VIRTUAL_ENV-} ]] || export PYENV_VIRTUAL_ENV={root}/pyenv/versions/tools VIRTUAL_ENV={root}/pyenv/versions/tools
}
pyenv() {
  if [[ $1 == activate ]]; then
    export PYENV_ACTIVATE_SHELL=1 PYENV_VIRTUAL_ENV="{root}/pyenv/versions/$2" VIRTUAL_ENV="{root}/pyenv/versions/$2"
  else
    unset PYENV_ACTIVATE_SHELL PYENV_VIRTUAL_ENV VIRTUAL_ENV
  fi
}
precmd_functions=(_pyenv_virtualenv_hook $precmd_functions)
