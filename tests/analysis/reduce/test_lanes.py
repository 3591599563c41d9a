"""Claims about counts in lanes: those of plain addition, however many rows, cells and items there are."""

import numpy as np
import pytest

from analysis.reduce.lanes import MOST, Lanes
from analysis.reduce.rows import BLANK, Bools, Bytes, Codes, Rows

NO_VALUE = 2


def batch(rng: np.random.Generator, cell: Codes, cells: int, items: int) -> Rows:
    """Return answers of all kinds; every tenth row is left out."""
    kinds = np.array([0, 1, NO_VALUE, NO_VALUE | BLANK], dtype=np.uint8)
    classes: list[Bytes] = [kinds[rng.integers(0, 4, len(cell))] for _ in range(items)]
    answered: list[Bools] = [column <= 1 for column in classes]
    return Rows(classes, answered, np.where(np.arange(len(cell)) % 10 == 9, cells, cell), cells, {})


def plain(batches: list[Rows], cells: int) -> tuple[Codes, Codes]:
    items = len(batches[0].classes)
    satisfied, valid = np.zeros((2, cells + 1, items), dtype=np.int64)
    for rows in batches:
        inside = rows.cell < rows.cells
        for k in range(items):
            np.add.at(satisfied[:, k], rows.cell[inside], rows.classes[k][inside] == 1)
            np.add.at(valid[:, k], rows.cell[inside], rows.classes[k][inside] <= 1)
    return satisfied[:cells], valid[:cells]


@pytest.mark.parametrize("items", [1, 7, 8, 9, 22])
def test_lanes_count_like_plain_addition_over_many_batches(items: int) -> None:
    rng = np.random.default_rng(items)
    lanes, batches = Lanes(items), list[Rows]()
    # up to 15 rows of a cell in each batch, 60 batches: beyond four bits and beyond eight
    for number in range(60):
        cells = 5 + number // 10
        cell = rng.permutation(np.repeat(np.arange(cells), MOST if number % 2 else 4))
        batches.append(batch(rng, cell, cells, items))
        lanes.add(batches[-1], most=MOST if number % 2 else 4)
    satisfied, valid = plain(batches, 10)
    assert valid.max() > 255
    found = lanes.sums(10)
    assert (found[0] == satisfied).all()
    assert (found[1] == valid).all()


def test_everybody_satisfied_fills_every_lane_and_none_runs_over() -> None:
    lanes = Lanes(9)
    cell = np.repeat(np.arange(3), MOST)
    ones = [np.ones(len(cell), dtype=np.uint8)] * 9
    for _ in range(100):
        lanes.add(Rows(ones, [column == 1 for column in ones], cell, 3, {}), most=MOST)
    satisfied, valid = lanes.sums(3)
    assert (satisfied == 100 * MOST).all()
    assert (valid == 100 * MOST).all()


def test_more_rows_of_a_cell_than_a_lane_holds_would_be_lost() -> None:
    """The control: the caller must say how many rows a cell has, and count in another way beyond that."""
    lanes = Lanes(2)
    cell = np.zeros(MOST + 1, dtype=np.int64)
    ones = [np.ones(len(cell), dtype=np.uint8)] * 2
    lanes.add(Rows(ones, [column == 1 for column in ones], cell, 1, {}), most=MOST)
    assert not (lanes.sums(1)[0] == MOST + 1).all()
