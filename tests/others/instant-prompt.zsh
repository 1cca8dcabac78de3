# What powerlevel10k's instant prompt does at the top of .zshrc: all output goes to a file until
# the first prompt is over. What is in it then is a mistake, and said to be one.
exec {__p9k_fd_1}>&1 {__p9k_fd_2}>&2 >{root}/instant 2>&1
typeset -gi __p9k_instant_prompt_active=1
