# Says what a PowerShell file is made of: one finding a line, as KIND, LINE, WHAT, between tabs.
#
#   error      the parser's own
#   syntax     what Windows PowerShell 5.1 can't parse, or reads as something else
#   type       a .NET type, as it is written
#   member     a method or a property: `[Type]::Name` or `.Name`
#   command    a command, by the name that is looked up
#   parameter  a command's parameter: `Command -Name`
#   variable   an automatic variable that 5.1 doesn't have
param([string]$File)

$tokens = $errors = $null
$tree = [System.Management.Automation.Language.Parser]::ParseFile($File, [ref]$tokens, [ref]$errors)

function say($kind, $extent, $what) { "$kind`t$($extent.StartLineNumber)`t$what" }

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
        'AssignmentStatementAst' { if ($node.Operator -eq 'QuestionQuestionEquals') { say syntax $extent '??=' } }
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
