# What mise does: where its tools are wanted it keeps PATH as it was, and gives that back afterwards.
__mise_hook() {
  if [[ $PWD == {home}/tools* ]]; then
    if [[ -z ${__mise_snapshot-} ]]; then
      __mise_snapshot=$PATH
      PATH={root}/mise/bin:$PATH
    fi
  elif [[ -n ${__mise_snapshot-} ]]; then
    PATH=$__mise_snapshot
    __mise_snapshot=
  fi
}
precmd_functions=(__mise_hook $precmd_functions)
chpwd_functions=(__mise_hook $chpwd_functions)
