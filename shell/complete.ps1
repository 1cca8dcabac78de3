# What PowerShell reads at a Tab behind `autovenv`: complete.bash says what it does.
param($word, $ast, $position)
$words = foreach ($element in $ast.CommandElements) {
    if ($element.Extent.StartOffset -lt $position) {
        if ($element -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $element.Value }
        else { $element.Extent.Text }
    }
}
if (-not $word) { $words = @($words) + '' }
$before = $env:COMP_WORDS, $env:_AUTOVENV_COMPLETE, $env:PYTHONPATH, $env:PYTHONHOME
try {
    $env:COMP_WORDS, $env:_AUTOVENV_COMPLETE = (@($words) -join "`n"), 'powershell_complete'
    $env:PYTHONPATH = $env:PYTHONHOME = $null
    foreach ($line in & __COMMAND__ 2>$null) {
        $text, $shown, $help = $line -split "`t"
        [System.Management.Automation.CompletionResult]::new($text, $shown, 'ParameterValue', $help)
    }
} catch { } finally {
    $env:COMP_WORDS, $env:_AUTOVENV_COMPLETE, $env:PYTHONPATH, $env:PYTHONHOME = $before
}
