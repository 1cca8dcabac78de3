# Says what a PowerShell file is made of: one finding a line, as KIND, LINE, WHAT, between tabs.
#
#   error      the parser's own
#   syntax     what Windows PowerShell 5.1 can't parse, or reads as something else
#   type       a .NET type, as it is written
#   member     a method or a property: `[Type]::Name` or `.Name`
#   command    a command, by the name that is looked up
#   parameter  a command's parameter: `Command -Name`
#   variable   an automatic variable that 5.1 doesn't have
#   local      a variable that a function has for itself, or a parameter: `FUNCTION NAME`
#   call       what a function calls: `FUNCTION COMMAND`, or as it is written behind `&`
param([string]$File)

$tokens = $errors = $null
$tree = [System.Management.Automation.Language.Parser]::ParseFile($File, [ref]$tokens, [ref]$errors)

function say($kind, $extent, $what) { "$kind`t$($extent.StartLineNumber)`t$what" }

# The function that something is in; a block that is handed on is run by others, later.
function around($node) {
    while ($node -and $node.GetType().Name -cne 'FunctionDefinitionAst') {
        if ($node.GetType().Name -ceq 'ScriptBlockExpressionAst') { return }
        $node = $node.Parent
    }
    if ($node) { $node.Name -creplace '^global:' }
}

# Each variable that is set by a name without a scope or a drive.
function say_local($node, $target) {
    foreach ($variable in $target.FindAll({ $args[0].GetType().Name -ceq 'VariableExpressionAst' }, $false)) {
        if ($variable.Parent.GetType().Name -cin 'IndexExpressionAst', 'MemberExpressionAst') { continue }
        if ($variable.VariablePath.IsUnqualified -and $variable.VariablePath.UserPath -cne 'null') { say local $variable.Extent "$(around $node) $($variable.VariablePath.UserPath)" }
    }
}

foreach ($problem in $errors) { say error $problem.Extent $problem.Message }

# 5.1 reads "`e" as "e", and a number with one of these suffixes as a command.
foreach ($token in $tokens) {
    $text = $token.Text
    if ($token.Kind -in 'StringExpandable', 'HereStringExpandable' -and $text -cmatch '(?<!`)(``)*`(e|u\{)') {
        say syntax $token.Extent $Matches[0]
    }
    if ($token.Kind -eq 'Number' -and $text -match '^(0b|.*\d(u|y|s|n|uy|us|ul)$)' -and $text -notmatch '^0x') {
        say syntax $token.Extent $text
    }
}

foreach ($node in $tree.FindAll({ $true }, $true)) {
    $extent = $node.Extent
    switch ($node.GetType().Name) {
        'TernaryExpressionAst' { say syntax $extent '? :' }
        'PipelineChainAst' { say syntax $extent $node.Operator }
        'PipelineAst' { if ($node.Background) { say syntax $extent '&' } }
        'BinaryExpressionAst' { if ($node.Operator -eq 'QuestionQuestion') { say syntax $extent '??' } }
        'ForEachStatementAst' { say_local $node $node.Variable }
        'ParameterAst' { say_local $node $node.Name }
        'AssignmentStatementAst' {
            say_local $node $node.Left
            if ($node.Operator -eq 'QuestionQuestionEquals') { say syntax $extent '??=' }
        }
        'IndexExpressionAst' { if ($node.NullConditional) { say syntax $extent '?[]' } }
        'ScriptBlockAst' { if ($node.CleanBlock) { say syntax $extent 'clean {}' } }
        'TypeExpressionAst' { say type $extent $node.TypeName.FullName }
        'TypeConstraintAst' { say type $extent $node.TypeName.FullName }
        { $_ -in 'MemberExpressionAst', 'InvokeMemberExpressionAst' } {
            if ($node.NullConditional) { say syntax $extent '?.' }
            if ($node.Static) { say member $extent "[$($node.Expression.TypeName.FullName)]::$($node.Member)" }
            else { say member $extent ".$($node.Member)" }
        }
        'CommandAst' {
            $name = $node.GetCommandName()
            say command $extent $name
            $called = if ($name) { $name } else { "$($node.CommandElements[0])" }
            if (around $node) { say call $extent "$(around $node) $called" }
            foreach ($element in $node.CommandElements) {
                if ($element -is [System.Management.Automation.Language.CommandParameterAst]) {
                    say parameter $extent "$name -$($element.ParameterName)"
                }
            }
        }
        'VariableExpressionAst' {
            if ($node.VariablePath.UserPath -in 'IsWindows', 'IsLinux', 'IsMacOS', 'IsCoreCLR', 'PSStyle', 'EnabledExperimentalFeatures') {
                say variable $extent $node.VariablePath.UserPath
            }
        }
    }
}
