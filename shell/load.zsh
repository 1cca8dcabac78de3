# The lines that `autovenv install` writes for zsh, with its tokens filled in and without comments.
# load.bash says what they do.
if [[ -o interactive && -x __COMMAND__ ]]; then
  __autovenv_kept=__KEPT__
  { [[ -f $__autovenv_kept && -s $__autovenv_kept && -O $__autovenv_kept && ! -L $__autovenv_kept ]] && \. "$__autovenv_kept"; } 2>/dev/null ||
    eval "$(PYTHONPATH='' PYTHONHOME='' __COMMAND__ hook zsh --keep "$__autovenv_kept" 2>/dev/null)" || :
  # What a Tab needs is read at the Tab: by a compinit that comes later, or for one that was before.
  # (Under ksh_arrays, `$fpath` is its first entry; under sh_word_split, a blank would divide one.)
  fpath=("${fpath[@]:#__COMPLETIONS__}" __COMPLETIONS__)
  if ((${+functions[compdef]})); then
    autoload -Uz _autovenv
    compdef _autovenv autovenv
  fi
fi
