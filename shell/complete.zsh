#compdef autovenv
# What zsh reads at a Tab behind `autovenv`: complete.bash says what it does. compsys sets the options.
local kind value text home
local -a plain folders
while IFS= read -r kind && IFS= read -r text && IFS= read -r value; do
  if [[ $kind == dir ]]; then
    folders+=$value
  else
    plain+=${value//:/\\:}${text:+:$text}
  fi
done <<<"$(COMP_WORDS="${(j: :)words[1,CURRENT-1]} $QIPREFIX$PREFIX" _AUTOVENV_COMPLETE=zsh_complete PYTHONPATH= PYTHONHOME= __COMMAND__ 2>/dev/null)"
if (($#folders)); then
  # A `~` in a match would be quoted; in what stands before it, it isn't.
  [[ $folders[1] != \~/* ]] || home='~/'
  compadd -U -S / -q -p "$home" -- ${folders#$home}
elif (($#plain)); then
  _describe -V autovenv plain -U
else
  _files
fi
