"""How is bad input refused? One sentence each for where, what was expected, what came and what to do."""


class Refusal(ValueError):
    """Input that cannot be used; the command line and the web show its text to the person who gave it.

    Parameters
    ----------
    where : str
        File, row, column or option, in Vietnamese.
    expected, got, remedy : str
        What had to be there, what was there, and what the person can do about it, in Vietnamese.
    """

    def __init__(self, where: str, *, expected: str, got: str, remedy: str) -> None:
        self.where, self.expected, self.got, self.remedy = where, expected, got, remedy
        super().__init__(f"{where}\n  Cần có: {expected}\n  Nhận được: {got}\n  Cách xử lý: {remedy}")
