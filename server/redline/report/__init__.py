"""One module per output format; all of them print a ``LintResult``."""
