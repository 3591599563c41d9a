"""Are the design columns usable? Watched batch by batch; the design's own checks tell what is wrong."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analysis.design.description import DesignColumns, DesignError, DesignRules
from analysis.reduce.pairing import Pairing
from analysis.stream.coding import Codebook, as_text
from analysis.stream.sources import Batch, Label, Stream

Bools = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Chosen = Callable[[Batch], Bools]


@dataclass(frozen=True, slots=True)
class DesignCodes:
    """Codes of one batch, row by row."""

    stratum: Codes | None
    psu: Codes | None
    weights: Floats | None


class DesignWatch:
    """Reads the design columns of a stream and refuses what would give wrong standard errors."""

    def __init__(
        self,
        stream: Stream,
        columns: DesignColumns,
        rules: DesignRules,
        *,
        available: Sequence[str],
        in_period: Callable[[Batch], Bools | None],
    ) -> None:
        self._stream, self._columns, self._rules, self._in_period = stream, columns, rules, in_period
        if not set(columns.named().values()) <= set(available):
            self._refuse_empty(available)
        self._strata, self._psus = Codebook(), Codebook()
        self._nested = Pairing() if rules.nest and columns.strata is not None else None
        self._declared = np.zeros(0)
        self._uneven: set[int] = set()
        self._subsampled: set[int] = set()

    @property
    def strata(self) -> list[str]:
        """The codes of the strata; one without a name where there are none."""
        return [""] if self._columns.strata is None else self._strata.values

    @property
    def psus(self) -> list[str]:
        """The codes of the PSUs, none where every response is one."""
        if self._nested is None:
            return self._psus.values
        pairs = self._nested.pairs.tolist()
        return [f"{self._strata.values[stratum]}\x1f{self._psus.values[psu]}" for psu, stratum in pairs]

    def codes(self, batch: Batch) -> DesignCodes:
        """Return the codes of a batch."""
        weights = None
        if self._columns.weights is not None:
            weights = numbers(batch.column(self._columns.weights))
            # NaN is neither greater nor less than anything
            if len(weights) and not 0 < weights.min() <= weights.max() < np.inf:
                self._refuse(lambda b: ~_usable(numbers(b.column(str(self._columns.weights)))))
        stratum = self._code(batch, self._columns.strata, self._strata)
        psu = self._code(batch, self._columns.psu, self._psus)
        if self._nested is not None and psu is not None and stratum is not None:
            psu = self._nested.numbers(psu, stratum)
        if self._columns.fpc is not None:
            known = np.zeros(batch.table.num_rows, dtype=np.int64) if stratum is None else stratum
            self._learn_fpc(numbers(batch.column(self._columns.fpc)), known)
            if psu is not None and weights is not None:
                self._subsampled |= set(np.unique(known[weights > 1 + 1e-9]).tolist())
        return DesignCodes(stratum, psu, weights)

    def _code(self, batch: Batch, column: str | None, codebook: Codebook) -> Codes | None:
        if column is None:
            return None
        codes = codebook.codes(batch.column(column))
        if codes.min(initial=0) < 0:
            self._refuse(lambda b: as_text(b.column(column)).is_null().to_numpy())
        return codes

    def _learn_fpc(self, declared: Floats, stratum: Codes) -> None:
        if not _usable(declared).all():
            self._refuse(lambda b: ~_usable(numbers(b.column(str(self._columns.fpc)))))
        strata = int(stratum.max(initial=0)) + 1
        if strata > len(self._declared):
            self._declared = np.append(self._declared, np.full(strata - len(self._declared), np.nan))
        new = np.isnan(self._declared[stratum])
        self._declared[stratum[new]] = declared[new]
        self._uneven |= set(np.unique(stratum[self._declared[stratum] != declared]).tolist())

    def check(self, n_psu: Floats, torn: Codes) -> Floats:
        """Check what only all rows can show; return what the FPC column declares for each stratum."""
        if len(torn):
            self._refuse(lambda b: np.isin(self._psus.codes(b.column(str(self._columns.psu))), torn))
        if self._rules.refuse_lonely and self._columns.strata is not None and (n_psu == 1).any():
            self._refuse(self._rows_of_strata(np.flatnonzero(n_psu == 1)))
        if self._columns.fpc is None:
            return np.full(len(n_psu), np.nan)
        population = np.where(self._declared <= 1, n_psu / self._declared, self._declared)
        short = np.flatnonzero(population < n_psu * (1 - 1e-12))
        # Every PSU taken while a response stands for more than itself: the variance inside PSUs would be lost.
        all_taken = set(np.flatnonzero(population == n_psu).tolist())
        wrong = sorted(self._uneven) or short.tolist() or sorted(all_taken & self._subsampled)
        if wrong:
            self._refuse(self._rows_of_strata(np.array(wrong)))
        return self._declared

    def _rows_of_strata(self, strata: Codes) -> Chosen:
        column = self._columns.strata
        if column is None:
            return lambda b: np.ones(b.table.num_rows, dtype=bool)
        return lambda b: np.isin(self._strata.codes(b.column(column)), strata)

    def _refuse_empty(self, available: Sequence[str]) -> None:
        import pandas as pd  # noqa: PLC0415  # only where a file is refused: pandas costs more than the whole work

        _checks()(pd.DataFrame({name: [] for name in available}), self._columns, self._rules)

    def _refuse(self, chosen: Chosen) -> None:
        """Read the design columns once more and let the design's own checks speak about the chosen rows."""
        import pandas as pd  # noqa: PLC0415  # only where a file is refused: pandas costs more than the whole work

        names = [*self._columns.named().values()]
        period = ["window"] if "window" in self._stream.columns else []
        parts, labels = [], list[Label]()
        for batch in self._stream.batches([*dict.fromkeys([*names, *period])]):
            rows = np.asarray(chosen(batch), dtype=bool)
            inside = self._in_period(batch)
            hits = np.flatnonzero(rows if inside is None else rows & inside)
            texts = {name: as_text(batch.column(name)).take(pa.array(hits)) for name in names}
            parts.append(pa.table(texts))
            labels += [batch.label(row) for row in hits.tolist()]
        frame = pa.concat_tables(parts, promote_options="permissive").to_pandas()
        _checks()(frame.set_index(pd.Index(labels)), self._columns, self._rules)
        raise DesignError(
            "Cột thiết kế mẫu",
            expected="tệp không thay đổi trong khi đọc",
            got="lần đọc sau khác lần đọc trước",
            remedy="chạy lại khi không ai ghi vào tệp",
        )


def _checks() -> Callable[..., object]:
    """Return the one check of design columns, which needs pandas and so is loaded where it has to speak."""
    checks: Callable[..., object] = import_module("analysis.design.check").check_design
    return checks


def numbers(column: pa.ChunkedArray) -> Floats:
    """Return a column as numbers, NaN where none can be read.

    Parameters
    ----------
    column : ChunkedArray
        Numbers, or text with a decimal point.

    Returns
    -------
    ndarray of float
        One number a row.

    Raises
    ------
    ArrowInvalid
        For types that have no text.

    References
    ----------
    IEEE 754.

    Limits
    ------
    A decimal comma is not read.
    """
    if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type)):
        column = as_text(column)
        try:
            column = column.cast(pa.float64())
        except pa.ArrowInvalid:
            return np.array([_number(text) for text in column.to_pylist()], dtype=float)
    column = column.cast(pa.float64())
    return np.asarray((pc.fill_null(column, np.nan) if column.null_count else column).to_numpy(), dtype=float)


def _number(text: str | None) -> float:
    try:
        return np.nan if text is None else float(text)
    except ValueError:
        return np.nan


def _usable(values: Floats) -> Bools:
    return np.isfinite(values) & (values > 0)
