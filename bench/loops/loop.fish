# Times what a line at fish's prompt costs a hook: the events around it, and the prompt.
# Its siblings loop.bash, loop.zsh and loop.ps1 take the same steps. fish has no clock but `time`,
# whose report goes to the terminal; whoever types the line reads it there.

# __bench_step NAME COMMAND...: shows the name, and after it `time`'s report.
function __bench_step
    echo "step: $argv[1]"
    time __bench_line $argv[2..]
end

function __bench_line
    emit fish_preexec "$argv"
    $argv
    emit fish_postexec "$argv"
    emit fish_prompt
    fish_prompt >/dev/null
end

# __bench HOME FILE ROUNDS: goes through the projects a and b of HOME; FILE stays as it is.
function __bench
    for __bench_round in (seq $argv[3])
        __bench_step 'idle outside' true
        __bench_step enter cd $argv[1]/a
        __bench_step 'idle inside' true
        __bench_step 'cd inside' cd $argv[1]/a/2
        __bench_step 'go deep' cd $argv[1]/a/2/3/4/5/6/7/8/9/10
        __bench_step 'idle ten deep' true
        __bench_step 'come up' cd $argv[1]/a
        __bench_step switch cd $argv[1]/b
        __bench_step leave cd $argv[1]/elsewhere
    end
end

# __bench_visit OUT FILE ROUNDS FOLDER: goes to FOLDER, stands there and comes back.
function __bench_visit
    for __bench_round in (seq $argv[3])
        __bench_step enter cd $argv[4]
        __bench_step 'idle inside' true
        __bench_step leave cd $argv[1]
    end
end
