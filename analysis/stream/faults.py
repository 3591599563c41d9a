"""How is a response file refused? One class a fact, raised wherever the rows of a file are looked at."""

from analysis.refusal import Refusal


class UnreadableResponses(Refusal):
    """A file that is not a table of responses."""


class UnknownColumn(Refusal):
    """A column that is neither an item of the questionnaire nor named by an option."""


class ValueOutsideScale(Refusal):
    """An answer that the questionnaire does not offer."""


class DuplicateResponse(Refusal):
    """One response id in two rows."""


def empty(name: str) -> UnreadableResponses:
    """Return the refusal of a file without rows.

    Parameters
    ----------
    name : str
        The file's name.

    Returns
    -------
    UnreadableResponses
        To be raised.

    Raises
    ------
    TypeError
        Never for text.

    References
    ----------
    DESIGN, section 2.

    Limits
    ------
    None.
    """
    return UnreadableResponses(
        f"Tệp {name}",
        expected="một dòng tiêu đề và ít nhất một phiếu trả lời",
        got="tệp rỗng hoặc chỉ có dòng tiêu đề",
        remedy="xuất lại dữ liệu rồi chạy lại",
    )
