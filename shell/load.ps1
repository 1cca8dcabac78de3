# The lines that `autovenv install` writes for PowerShell, with its tokens filled in and without
# comments. load.bash says what they do. A file that is read as text falls under no execution policy.
& {
    try {
        if (-not [IO.File]::Exists(__COMMAND__)) { return }
        # The engine's own way, since the first cmdlet of a module loads the module: 30 ms and more.
        foreach ($kept in $ExecutionContext.InvokeProvider.Item.Get(@(__KEPT__), $true, $true)) {
            $owner = $kept.PSObject.Properties['User'] # elsewhere than on Windows, from 7.1 on
            if ($kept -is [IO.FileInfo] -and $kept.Length -gt 0 -and -not ($kept.Attributes -band 1024) -and
                ($null -eq $owner -or $owner.Value -ceq [Environment]::UserName) -and
                (& ([scriptblock]::Create([IO.File]::ReadAllText($kept.FullName)))) -eq $true) { return }
        }
    } catch { if (-not (Test-Path -LiteralPath __COMMAND__)) { return } }
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
