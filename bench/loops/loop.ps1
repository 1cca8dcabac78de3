# Times what a line at PowerShell's prompt costs a hook: the change of folder, which runs the actions
# for it, and the prompt.
# Its siblings loop.bash, loop.zsh and loop.fish take the same steps.

# __bench_step NAME FOLDER: adds a line to __bench_times: the name and how long it took, in
# microseconds by the shell's own clock. Without a folder, it stays where it is.
function global:__bench_step($__bench_name, $__bench_folder) {
    $__bench_began = [Diagnostics.Stopwatch]::GetTimestamp()
    if ($__bench_folder) { Set-Location -LiteralPath $__bench_folder }
    $null = prompt
    $__bench_ticks = [Diagnostics.Stopwatch]::GetTimestamp() - $__bench_began
    $micros = [long]($__bench_ticks * 1e6 / [Diagnostics.Stopwatch]::Frequency)
    [void]$global:__bench_times.Append("$__bench_name $micros`n")
}

# __bench HOME FILE ROUNDS: goes through the projects a and b of HOME, and writes the times to FILE.
function global:__bench($__bench_home, $__bench_file, $__bench_rounds) {
    $global:__bench_times = [Text.StringBuilder]::new()
    for ($__bench_round = 0; $__bench_round -lt $__bench_rounds; $__bench_round++) {
        __bench_step 'idle outside'
        __bench_step 'enter' "$__bench_home/a"
        __bench_step 'idle inside'
        __bench_step 'cd inside' "$__bench_home/a/2"
        __bench_step 'go deep' "$__bench_home/a/2/3/4/5/6/7/8/9/10"
        __bench_step 'idle ten deep'
        __bench_step 'come up' "$__bench_home/a"
        __bench_step 'switch' "$__bench_home/b"
        __bench_step 'leave' "$__bench_home/elsewhere"
    }
    [IO.File]::WriteAllText($__bench_file, $global:__bench_times.ToString())
}

# __bench_visit OUT FILE ROUNDS FOLDER: goes to FOLDER, stands there and comes back, and writes the
# times to FILE.
function global:__bench_visit($__bench_out, $__bench_file, $__bench_rounds, $__bench_in) {
    $global:__bench_times = [Text.StringBuilder]::new()
    for ($__bench_round = 0; $__bench_round -lt $__bench_rounds; $__bench_round++) {
        __bench_step 'enter' $__bench_in
        __bench_step 'idle inside'
        __bench_step 'leave' $__bench_out
    }
    [IO.File]::WriteAllText($__bench_file, $global:__bench_times.ToString())
}
