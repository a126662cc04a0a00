<h1>Grades</h1>
<?php
// Grades answers against a key.
declare(strict_types=1);

namespace Evals\Grading;

interface Gradable
{
    public function grade(string $answer): float;
}

trait Reports
{
    protected function report(string $line): void
    {
        echo "line: {$line}\n"; # shown at once
    }
}

enum Verdict: string
{
    case Right = 'right';
}

final class Grader implements Gradable
{
    use Reports;

    public function __construct(private string $key) {}

    #[Test]
    public function grade(string $answer): float
    {
        $text = <<<REPORT
            graded $answer // no comment
            REPORT;
        $this->report('it\'s done' . $text);
        return $answer === $this->key ? 1.0 : 0.0;
    }
}

/** Halves a number. */
function halve(float $whole): float
{
    $half = fn (float $x): float => $x / 2;
    return $half($whole);
}
?>
<p>That was <?= halve(2.0) ?>.</p>
