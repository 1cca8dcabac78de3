# What conda init does: a function, and base on PATH.
function conda
    set -l name base
    test "$argv[1]" = deactivate; or set name $argv[2]
    set -l prefix {root}/conda
    test $name = base; or set prefix {root}/conda/envs/$name
    set -l at (contains -i -- $CONDA_PREFIX/bin $PATH)
    set -gx PATH[$at] $prefix/bin
    set -gx CONDA_DEFAULT_ENV $name
    set -gx CONDA_PREFIX $prefix
end
set -gx CONDA_DEFAULT_ENV base
set -gx CONDA_PREFIX {root}/conda
set -gx CONDA_SHLVL 1
set -gx PATH {root}/conda/bin {root}/conda/condabin $PATH
