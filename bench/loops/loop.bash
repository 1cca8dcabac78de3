# shellcheck shell=bash
# Times what a line at bash's prompt costs a hook: the line itself, and the steps of PROMPT_COMMAND.
# Its siblings loop.zsh, loop.fish and loop.ps1 take the same steps.

# __bench_step NAME COMMAND...: adds a line to __bench_times: the name and how long it took, in
# microseconds by the shell's own clock. It has no variables of its own: around a line that is typed
# there are no functions, and what a hook looks up in bash costs more with each that has some.
__bench_step() {
  __bench_name=$1
  shift
  __bench_began=$EPOCHREALTIME
  "$@"
  for __bench_one in "${PROMPT_COMMAND[@]}"; do
    eval "$__bench_one"
  done
  __bench_ended=$EPOCHREALTIME
  __bench_times+="$__bench_name $((${__bench_ended/[.,]/} - ${__bench_began/[.,]/}))"$'\n'
}

# __bench HOME FILE ROUNDS: goes through the projects a and b of HOME, and writes the times to FILE.
__bench() {
  __bench_times=
  for ((__bench_round = 0; __bench_round < $3; __bench_round++)); do
    __bench_step 'idle outside' :
    __bench_step 'enter' cd "$1/a"
    __bench_step 'idle inside' :
    __bench_step 'cd inside' cd "$1/a/2"
    __bench_step 'go deep' cd "$1/a/2/3/4/5/6/7/8/9/10"
    __bench_step 'idle ten deep' :
    __bench_step 'come up' cd "$1/a"
    __bench_step 'switch' cd "$1/b"
    __bench_step 'leave' cd "$1/elsewhere"
  done
  builtin printf '%s' "$__bench_times" >"$2"
}

# __bench_visit OUT FILE ROUNDS FOLDER: goes to FOLDER, stands there and comes back, and writes the
# times to FILE.
__bench_visit() {
  __bench_times=
  for ((__bench_round = 0; __bench_round < $3; __bench_round++)); do
    __bench_step 'enter' cd "$4"
    __bench_step 'idle inside' :
    __bench_step 'leave' cd "$1"
  done
  builtin printf '%s' "$__bench_times" >"$2"
}
