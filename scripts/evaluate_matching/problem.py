"""What stops an evaluation."""


class EvaluationError(Exception):
    """The labelled data or the command cannot be used; the text says what to mend."""
