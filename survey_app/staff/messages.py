"""What was just done? A sentence for the next page, after a form was sent and the browser was led on."""

from flask import flash

from survey_app.staff.speech import phrases


def say(deed: str, **details: str) -> None:
    """Show the sentence that the catalogues keep under ``messages.<deed>`` at the top of the next page."""
    flash(phrases()["messages"][deed].format(**details))
