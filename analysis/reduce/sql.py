"""What would a database add up? The reduction with clusters as one ANSI SQL text, made from the questionnaire.

Sums of weights are sums of whole millionths, which are exact in any order and on any number of threads; counts
stand beside them, since an empty sum is NULL.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.reduce.domain_sums import ClusterSums, added

Codes = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

MILLION = 1_000_000
"""Weights are counted in millionths: those with up to six decimals are exact."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SqlPlan:
    """What the text is made from.

    ``source`` is a table or a table function as the engine writes it; ``domain`` and ``psu`` are column names,
    ``stratum`` and ``weight`` too, or None; ``numerators`` gives, by item, the numerator of each stored value on a
    grid of ``steps`` (values that are not named are answers without a value); ``members`` are the items of each
    pooled score and ``needed`` the answers of a valid form.
    """

    source: str
    domain: Sequence[str]
    psu: str
    stratum: str | None
    weight: str | None
    numerators: Mapping[str, Mapping[str, int]]
    steps: int
    members: Sequence[Sequence[int]]
    needed: int


def cluster_sql(plan: SqlPlan) -> str:
    """Return the text: one row for each domain and PSU.

    Parameters
    ----------
    plan : SqlPlan
        Columns and items.

    Returns
    -------
    str
        A SELECT whose columns are the domain's, ``stratum``, ``psu``, ``received``, ``valid`` and then, item by
        item, ``a_k`` = Σ w·numerator, ``b_k`` = Σ w, ``m_k`` answers and ``s_k`` = Σ w² (w in millionths, s in
        their squares), then ``p_k``, responses with an answer to the items of the k-th pooled score; ordered by
        domain and PSU, no column NULL.

    Raises
    ------
    ValueError
        For a name that holds a quotation mark.

    References
    ----------
    ISO/IEC 9075; STACK, pitfalls 5 and 6.

    Limits
    ------
    Checks nothing: values outside the scale count as answers without a value, and an item's column must hold codes
    as text or whole numbers. Run by DuckDB in the tests; Spark needs its double-quoted identifiers switched on.
    Weights beyond six decimals are
    rounded. Squares of weights are added as DECIMAL(38, 0): up to 10¹² responses of weight 10⁶.
    """
    keys = [*map(_name, plan.domain)]
    items = range(len(plan.numerators))
    values = [
        f"{_value(item, known, plan.steps)} AS x_{k}" for k, (item, known) in enumerate(plan.numerators.items())
    ]
    given = " + ".join(f"CASE WHEN {_code(item)} IS NULL THEN 0 ELSE 1 END" for item in plan.numerators)
    stratum = "''" if plan.stratum is None else f"CAST({_name(plan.stratum)} AS VARCHAR(255))"
    weight = str(MILLION) if plan.weight is None else f"CAST(ROUND({_name(plan.weight)} * {MILLION}) AS BIGINT)"
    head = [*(f"CAST({key} AS VARCHAR(255)) AS {key}" for key in keys), f"{stratum} AS stratum"]
    head += [f"CAST({_name(plan.psu)} AS VARCHAR(255)) AS psu", f"{weight} AS w"]
    head += [f"CASE WHEN {given} >= {plan.needed} THEN 1 ELSE 0 END AS is_valid", *values]
    sums = [column for k in items for column in _sums(k)]
    sums += [f"{_persons(members)} AS p_{k}" for k, members in enumerate(plan.members)]
    group = ", ".join([*keys, "stratum", "psu"])
    columns = ",\n  ".join(["COUNT(*) AS received", "SUM(is_valid) AS valid", *sums])
    inner = ",\n    ".join(head)
    select, order = f"SELECT {group},\n  {columns}", f"GROUP BY {group}\nORDER BY {group}"
    return "\n".join([select, "FROM (", f"  SELECT\n    {inner}", f"  FROM {plan.source}", ") AS answers", order])


def _name(column: str) -> str:
    if '"' in column:
        message = f"column {column!r}: expected a name without quotation marks; rename the column"
        raise ValueError(message)
    return f'"{column}"'


def _code(item: str) -> str:
    """Return a stored value as trimmed text, NULL where nothing stands."""
    return f"NULLIF(TRIM(CAST({_name(item)} AS VARCHAR(255))), '')"


def _value(item: str, known: Mapping[str, int], steps: int) -> str:
    """Return the numerator of an answer, NULL where it has none."""
    branches: dict[int, list[str]] = {}
    for code, numerator in known.items():
        if numerator <= steps:
            branches.setdefault(numerator, []).append("'" + code.replace("'", "''") + "'")
    whens = " ".join(
        f"WHEN {_code(item)} IN ({', '.join(codes)}) THEN {n}" for n, codes in sorted(branches.items())
    )
    return f"CASE {whens} END"


def _sums(k: int) -> Iterable[str]:
    here = f"is_valid = 1 AND x_{k} IS NOT NULL"
    yield f"COALESCE(SUM(CASE WHEN {here} THEN w * x_{k} END), 0) AS a_{k}"
    yield f"COALESCE(SUM(CASE WHEN {here} THEN w END), 0) AS b_{k}"
    yield f"COALESCE(SUM(CASE WHEN {here} THEN 1 END), 0) AS m_{k}"
    square = "CAST(w AS DECIMAL(38, 0)) * w"
    yield f"COALESCE(SUM(CASE WHEN {here} THEN {square} END), 0) AS s_{k}"


def _persons(members: Sequence[int]) -> str:
    some = " OR ".join(f"x_{k} IS NOT NULL" for k in members)
    return f"SUM(CASE WHEN is_valid = 1 AND ({some}) THEN 1 ELSE 0 END)"


def sums_of_rows(rows: Sequence[Mapping[str, object]], plan: SqlPlan) -> tuple[ClusterSums, list[tuple[str, ...]]]:
    """Return the sums that the text's rows stand for.

    Parameters
    ----------
    rows : sequence of mappings
        What the engine gave, by column name.
    plan : SqlPlan
        What the text was made from.

    Returns
    -------
    tuple
        The sums, and the domains in the order of their codes.

    Raises
    ------
    KeyError
        Where a column of the text is missing.

    References
    ----------
    STATISTICS, "Design consequences".

    Limits
    ------
    Holds one row a domain and PSU.
    """
    domain, domains = _coded([tuple(str(row[name]) for name in plan.domain) for row in rows])
    psu, _ = _coded([(str(row["psu"]),) for row in rows])
    stratum, _ = _coded([(str(row["stratum"]),) for row in rows])

    def by_item(letter: str, unit: float) -> Floats:
        numbers = [
            [float(int(str(row[f"{letter}_{k}"]))) / unit for k in range(len(plan.numerators))] for row in rows
        ]
        return np.array(numbers)

    def scores(items: Floats) -> Floats:
        return np.column_stack([items, *(items[:, list(members)].sum(axis=1) for members in plan.members)])

    M = by_item("m", 1)
    persons = [[float(str(row[f"p_{k}"])) for k in range(len(plan.members))] for row in rows]
    sums = ClusterSums(
        domain=domain,
        psu=psu,
        stratum=stratum,
        A=scores(by_item("a", MILLION * plan.steps)),
        B=scores(by_item("b", MILLION)),
        M=added(scores(M), domain, len(domains)),
        S1=added(scores(by_item("s", MILLION**2)), domain, len(domains)),
        persons=added(np.column_stack([M, np.array(persons)]), domain, len(domains)),
    )
    return sums, domains


def _coded(values: Sequence[tuple[str, ...]]) -> tuple[Codes, list[tuple[str, ...]]]:
    known = sorted(set(values))
    code = {value: at for at, value in enumerate(known)}
    return np.array([code[value] for value in values], dtype=np.int64), known
