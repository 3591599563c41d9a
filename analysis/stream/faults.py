"""How is a response file refused? One class a fact, raised wherever the rows of a file are looked at."""

from collections.abc import Sequence

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


def refuse_repeated_columns(place: str, names: Sequence[str]) -> None:
    """Refuse a file with two columns of one name.

    Parameters
    ----------
    place : str
        Where the names stand, for the reader.
    names : sequence of str
        The names of all columns.

    Returns
    -------
    None
        Where every name stands once.

    Raises
    ------
    UnreadableResponses
        With the names that stand twice.

    References
    ----------
    RFC 4180; Apache Parquet, which allows it.

    Limits
    ------
    None.
    """
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise UnreadableResponses(
            place,
            expected="mỗi cột một tên",
            got=f"tên cột lặp lại: {', '.join(twice)}",
            remedy="đổi tên hoặc bỏ cột thừa",
        )
