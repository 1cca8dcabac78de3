# What conda init does: a function, base on PATH, and its name in the prompt.
conda() {
  local old=$CONDA_PROMPT_MODIFIER name=${2-base} prefix={root}/conda
  [[ $name == base ]] || prefix={root}/conda/envs/$name
  PATH=${PATH/"$CONDA_PREFIX/bin"/"$prefix/bin"}
  export CONDA_DEFAULT_ENV=$name CONDA_PREFIX=$prefix CONDA_PROMPT_MODIFIER="($name) "
  PS1=${PS1/"$old"/"$CONDA_PROMPT_MODIFIER"}
  rehash
}
export CONDA_DEFAULT_ENV=base CONDA_PREFIX={root}/conda CONDA_SHLVL=1 CONDA_PROMPT_MODIFIER='(base) '
PATH={root}/conda/bin:{root}/conda/condabin:$PATH
PS1=$CONDA_PROMPT_MODIFIER$PS1
