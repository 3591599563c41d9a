"""What does each kind of question ask of its author, and which answers does it accept? One handler a kind."""

from questionnaires.kinds import choice, number, text
from questionnaires.kinds.handler import AnswerSpace, Handler, Scales
from questionnaires.model import Kind

HANDLERS: dict[Kind, Handler] = {
    Kind.LIKERT: choice.LIKERT,
    Kind.SINGLE: choice.SINGLE,
    Kind.MULTIPLE: choice.MULTIPLE,
    Kind.NUMBER: number.NUMBER,
    Kind.TEXT: text.TEXT,
}

__all__ = ["HANDLERS", "AnswerSpace", "Handler", "Scales"]
