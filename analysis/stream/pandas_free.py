"""How does a process read columns without waiting for pandas? By telling Arrow that it need not look for it."""

import sys
from importlib.abc import MetaPathFinder

import pyarrow as pa


class _NoPandas(MetaPathFinder):
    """Says that there is no pandas."""

    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname == "pandas":
            raise ModuleNotFoundError(fullname)


def spare_pandas() -> None:
    """Let Arrow look for pandas once, and find none, so that making an array does not import it.

    Arrow looks when it is first given something to convert, which costs a fifth of a second and tens of
    megabytes; afterwards it asks again only where somebody wants a data frame, and then finds pandas.

    Returns
    -------
    None
        Nothing changes where pandas is there already.

    Raises
    ------
    ImportError
        Never.

    References
    ----------
    Python, "The import system": a finder on ``sys.meta_path`` may refuse a module.

    Limits
    ------
    Arrays must not be made from pandas objects afterwards.
    """
    if "pandas" in sys.modules:
        return
    finder = _NoPandas()
    sys.meta_path.insert(0, finder)
    try:
        pa.scalar(0)
    finally:
        sys.meta_path.remove(finder)
