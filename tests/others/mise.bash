# shellcheck shell=bash
# What mise does: where its tools are wanted it keeps PATH as it was, and gives that back afterwards.
__mise_hook() {
  local code=$?
  if [[ $PWD == "{home}/tools"* ]]; then
    if [[ -z ${__mise_snapshot-} ]]; then
      __mise_snapshot=$PATH
      PATH={root}/mise/bin:$PATH
    fi
  elif [[ -n ${__mise_snapshot-} ]]; then
    PATH=$__mise_snapshot
    __mise_snapshot=
  fi
  return "$code"
}
PROMPT_COMMAND="__mise_hook${PROMPT_COMMAND:+;$PROMPT_COMMAND}"
