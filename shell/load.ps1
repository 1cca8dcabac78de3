# The lines that `autovenv install` writes for PowerShell, with its tokens filled in and without
# comments. load.bash says what they do. A file that is read as text falls under no execution policy.
& {
    try {
        # The engine's own way, since the first cmdlet of a module loads the module: 30 ms and more.
        foreach ($kept in $ExecutionContext.InvokeProvider.Item.Get(@("Microsoft.PowerShell.Core\FileSystem::$(__KEPT__)"), $true, $true)) {
            # From 7.1 on, but on Windows; its property `User` is a script that calls this.
            if ($kept -is [IO.FileInfo] -and "$($kept.Length)" -cne '0' -and "$($kept.Attributes)" -cnotlike '*ReparsePoint*' -and
                ($PSHOME -cnotlike '/*' -or $kept.UnixStat.GetUserName() -ceq [Environment]::UserName) -and
                "$(& ([scriptblock]::Create([IO.File]::ReadAllText(__KEPT__))))" -ceq 'True') { return }
        }
    } catch { }
    if (-not (Test-Path -LiteralPath __COMMAND__)) { return }
    $python = $env:PYTHONPATH, $env:PYTHONHOME
    try {
        $env:PYTHONPATH = $env:PYTHONHOME = $null
        $hook = (& __COMMAND__ hook powershell --keep __KEPT__ 2>$null) -join "`n"
        if ($hook) { Invoke-Expression $hook }
    } catch { } finally { $env:PYTHONPATH, $env:PYTHONHOME = $python }
}
# What a Tab needs is read at the Tab.
try {
    Register-ArgumentCompleter -Native -CommandName autovenv -ScriptBlock {
        & ([scriptblock]::Create([IO.File]::ReadAllText(__COMPLETION__))) @args
    }
} catch { }
