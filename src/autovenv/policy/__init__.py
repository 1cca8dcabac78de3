"""PowerShell's execution policy: will a profile load in a new console, and what helps if it won't.

`scopes` reads the policies from a `Store` and says which one is effective, `zone` tells a file
that counts as downloaded, `advice` says what to do; all three are pure. `stores` reads Windows' own
stores. Nothing here changes a policy or starts PowerShell.
"""
