"""How does a refusal of the analysis read on a page? Its four parts apart: where, expected, got, what to do."""

from dataclasses import dataclass

_PARTS = {"Cần có": "expected", "Nhận được": "got", "Cách xử lý": "remedy"}
_OPENINGS = ("Không thực hiện được. ", "Error: ")


@dataclass(slots=True)
class Complaint:
    """One thing that is wrong; what a sentence does not say is empty."""

    where: str
    expected: str = ""
    got: str = ""
    remedy: str = ""


def read_refusal(message: str) -> list[Complaint]:
    """Return what a command said on refusing its input, part by part; other lines are taken as they are."""
    for opening in _OPENINGS:
        message = message.removeprefix(opening)
    complaints: list[Complaint] = []
    for line in filter(None, map(str.rstrip, message.splitlines())):
        label, colon, said = line.strip().partition(": ")
        if line.startswith("  ") and colon and label in _PARTS and complaints:
            setattr(complaints[-1], _PARTS[label], said)
        else:
            complaints.append(Complaint(line.strip()))
    return complaints
