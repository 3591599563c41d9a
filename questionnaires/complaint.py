"""What is wrong with a questionnaire file, where, and what is to be done? One fault, one sentence."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong, in Vietnamese: the place, what was expected, what came and the remedy."""

    where: str
    expected: str
    got: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint(Fault):
    """A fault together with the name of the file that it was found in."""

    file: str

    @classmethod
    def about(cls, file: str, fault: Fault) -> "Complaint":
        """Return the fault as a complaint about this file."""
        return cls(file=file, where=fault.where, expected=fault.expected, got=fault.got, remedy=fault.remedy)

    def __str__(self) -> str:
        return f"{self.file}: {self.where}: cần {self.expected}; thực tế: {self.got}. Cách sửa: {self.remedy}."
