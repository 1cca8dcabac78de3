# shellcheck shell=bash
# What bash reads at a Tab behind `autovenv`, within the function that load.bash defines.
#
# Its siblings complete.zsh, complete.fish and complete.ps1 do the same: they hand the line up to the
# cursor to autovenv, and show what it answers. Nothing of them is read when a shell starts.

# A slash alone comes before folders, which readline ends by one, and quotes.
# shellcheck disable=SC2168 # within a function
local line quotes=''
COMPREPLY=()
while IFS= read -r line; do
  case $line in
    /) compopt -o filenames 2>/dev/null || quotes=1 ;; # bash 3.2 has none
    ?*)
      # A folder can be called `$(…)`, and what is completed here is run by Enter.
      [[ -z $quotes ]] || builtin printf -v line %q "$line"
      [[ -z $quotes || $line != '\~/'* ]] || line=${line#\\}
      COMPREPLY+=("$line")
      ;;
  esac
done <<<"$(COMP_WORDS=${COMP_LINE:0:COMP_POINT} _AUTOVENV_COMPLETE=bash_complete PYTHONPATH='' PYTHONHOME='' __COMMAND__ 2>/dev/null)"
