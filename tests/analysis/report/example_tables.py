"""Which index tables do the report tests print? Imaginary ones, built without any estimator."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import sqrt

from analysis.table import (
    WHOLE,
    Basis,
    Finding,
    IndexRow,
    IndexTable,
    Measure,
    Provenance,
    Score,
    Status,
    UnitCount,
)
from questionnaires.model import Text

PERCENT = Measure("percent", 0, 100)

FACTORS = (
    Score("A", "factor", Text("Tiếp cận dịch vụ", "Access to services")),
    Score("B", "factor", Text("Thủ tục hành chính", "Administrative procedures")),
    Score("C", "factor", Text("Công chức trực tiếp giải quyết công việc", "Civil servants")),
    Score("D", "factor", Text("Kết quả dịch vụ", "Results of services")),
    Score("E", "factor", Text("Tiếp nhận, giải quyết góp ý, phản ánh, kiến nghị", "Handling of feedback")),
)
ITEM_TEXTS = {
    "A1": "Nơi ngồi chờ tại cơ quan giải quyết thủ tục hành chính có đủ chỗ ngồi.",
    "A2": "Trang thiết bị phục vụ người dân tại cơ quan đầy đủ.",
    "A3": "Trang thiết bị phục vụ người dân tại cơ quan hiện đại, dễ sử dụng.",
    "B1": "Thủ tục hành chính được niêm yết công khai, đầy đủ.",
    "B2": "Thành phần hồ sơ người dân phải nộp là đúng quy định.",
    "B3": "Phí, lệ phí người dân phải nộp là đúng quy định.",
    "B4": "Thời hạn giải quyết ghi trong giấy hẹn là đúng quy định.",
    "C1": "Công chức có thái độ giao tiếp lịch sự, tôn trọng người dân.",
    "C2": "Công chức trả lời đầy đủ các ý kiến của người dân và hướng dẫn kê khai hồ sơ tận tình, dễ hiểu.",
    "C3": "Công chức tuân thủ đúng quy định trong giải quyết công việc.",
    "D1": "Kết quả được trả đúng hẹn.",
    "D2": "Kết quả có thông tin đầy đủ, chính xác.",
    "D3": "Kết quả đảm bảo tính công bằng.",
    "E1": "Cơ quan bố trí hình thức tiếp nhận góp ý, phản ánh, kiến nghị dễ dàng.",
    "E2": "Cơ quan tiếp nhận và xử lý tích cực các góp ý, phản ánh, kiến nghị.",
    "E3": "Cơ quan thông báo kịp thời kết quả xử lý góp ý, phản ánh, kiến nghị.",
}
ITEMS = tuple(Score(code, "item", Text(text, f"Item {code}")) for code, text in ITEM_TEXTS.items())
INDEX = Score("overall", "index", Text("Chỉ số hài lòng chung", "Overall satisfaction index"))
SCORES = (*ITEMS, *FACTORS, INDEX)

UNITS = (
    ("42", "Tỉnh Hồng Lam (mô phỏng)", WHOLE),
    ("18001", "Phường Thành Sen", "42"),
    ("18002", "Phường Trần Phú", "42"),
    ("18003", "Xã Thạch Khê", "42"),
    ("18004", "Xã Cẩm Bình", "42"),
    ("18005", "Xã Kỳ Hoa", "42"),
    ("38", "Tỉnh Thanh Giang (mô phỏng)", WHOLE),
    ("14001", "Phường Hạc Thành", "38"),
    ("14002", "Xã Triệu Lộc", "38"),
    ("14003", "Xã Nông Cống", "38"),
    ("14004", "Xã Quan Sơn", "38"),
    ("14005", "Xã Mường Lát", "38"),
)


PROVENANCE = Provenance(
    questionnaire="sipas-2024",
    questionnaire_hash="5f" * 32,
    inputs=(("phieu-2026-q3.csv", "a1" * 32),),
    interval="modified-wilson",
    design="strata: stratum; psu: village; weights: weight",
    code_version="0.1.0",
)

Unit = tuple[str, str, str | None]


def row(unit: Unit, score: str, *, estimate: float | None, n: int, reason: str = "") -> IndexRow:
    """Return one row in percent with an interval about as wide as n answers give."""
    share = 0.0 if estimate is None else min(max(estimate / 100, 0), 1)
    half = 196 * sqrt((share * (1 - share) + 0.5 / n) / n) if n else 0.0
    withheld: Status = "suppressed" if n else "missing"
    status: Status = "flagged" if reason.startswith("small") else "ok"
    return IndexRow(
        survey="sipas-mau",
        period="2026-Q3",
        by=(),
        unit_code=unit[0],
        unit_name=unit[1],
        parent_code=unit[2],
        score=score,
        level=0.95,
        method="share/pooled/modified-wilson",
        basis="probability",
        n_responses=n,
        n_answers=n * (1 if len(score) == 2 else 3),
        estimate=estimate,
        se=None if estimate is None or "se_" in reason else half / 1.96,
        ci_low=None if estimate is None else max(estimate - half, 0),
        ci_high=None if estimate is None else min(estimate + half, 100),
        df=None if estimate is None else float(n - 1),
        deff=None if estimate is None else 1.2,
        status=withheld if estimate is None else status,
        reason=reason,
    )


def table(
    rows: Sequence[IndexRow], scores: Sequence[Score] = SCORES, units: Sequence[UnitCount] = ()
) -> IndexTable:
    """Return a table in percent around the rows; change the rest with ``dataclasses.replace``."""
    return IndexTable(
        title=Text(
            "Chỉ số hài lòng của người dân, tổ chức về giải quyết thủ tục hành chính",
            "Satisfaction of citizens and organisations with the handling of administrative procedures",
        ),
        rows=tuple(rows),
        scores=tuple(scores),
        measure=PERCENT,
        units=tuple(units),
        modes=(),
        provenance=PROVENANCE,
    )


def province_table() -> IndexTable:
    """Return a whole, two provinces and ten communes with 22 scores, one thin unit and one factor at 100 %."""
    whole: Unit = (WHOLE, "", None)
    rows = [
        row(whole, score.id, estimate=84.0912 + position % 5 / 7, n=4120) for position, score in enumerate(SCORES)
    ]
    for number, unit in enumerate(UNITS):
        rows += _unit_rows(number, unit, thin=unit[0] == "14005", full=unit[0] == "18003")
    forms = [UnitCount(WHOLE, "", 5326, 4215, 4120)]
    forms += [
        UnitCount(u[0], u[1], 400 + 11 * i, 380 + 7 * i, _n(i, thin=u[0] == "14005")) for i, u in enumerate(UNITS)
    ]
    return replace(table(rows, units=forms), modes=(("kiosk", 1204), ("phone", 2916)), simulated=True)


def _n(number: int, *, thin: bool) -> int:
    return 22 if thin else 210 + 13 * number


def _unit_rows(number: int, unit: Unit, *, thin: bool, full: bool) -> Iterator[IndexRow]:
    for position, score in enumerate(SCORES):
        at_bound = full and score.id in {"D", "D1", "D2", "D3"}
        estimate = 100.0 if at_bound else 76.5 + (7 * number + 3 * position) % 19 + number / 7
        reason = "small_sample" if thin else "se_undefined_at_bound" if at_bound else ""
        yield row(unit, score.id, estimate=estimate, n=_n(number, thin=thin), reason=reason)


def voluntary_table() -> IndexTable:
    """Return three offices with voluntary responses: one published, one thin, one withheld."""
    scores = (*FACTORS, INDEX)
    whole: Unit = (WHOLE, "Toàn tỉnh", None)
    offices: tuple[Unit, ...] = (
        ("S01", "Sở Nội vụ", WHOLE),
        ("S02", "Sở Xây dựng", WHOLE),
        ("S03", "Sở Nông nghiệp và Môi trường", WHOLE),
    )
    rows = [row(whole, score.id, estimate=93.5, n=63) for score in scores]
    rows += [row(offices[0], score.id, estimate=94.25, n=48) for score in scores]
    rows += [
        row(offices[1], score.id, estimate=None if score.id == "E" else 83.333, n=0 if score.id == "E" else 12)
        for score in scores
    ]
    rows = [
        replace(
            r,
            reason="no_answers" if r.estimate is None else "small_sample;assumed",
            status="flagged" if r.n_responses else r.status,
        )
        if r.unit_code == "S02"
        else r
        for r in rows
    ]
    rows += [row(offices[2], score.id, estimate=None, n=3, reason="fewer_than_5") for score in scores]
    rows = [replace(r, basis="voluntary") for r in rows]
    forms = [UnitCount(u[0], u[1], None, None, n) for u, n in zip((whole, *offices), (63, 48, 12, 3), strict=True)]
    return replace(table(rows, scores, forms), modes=(("phone", 63),))


def rescaled(original: IndexTable, measure: Measure, rule: str) -> IndexTable:
    """Return the table with its percentages put on another measure."""

    def onto(value: float | None) -> float | None:
        return None if value is None else measure.low + value / 100 * (measure.high - measure.low)

    rows = tuple(
        replace(
            r,
            estimate=onto(r.estimate),
            ci_low=onto(r.ci_low),
            ci_high=onto(r.ci_high),
            method=f"{rule}/pooled/modified-wilson",
        )
        for r in original.rows
    )
    return replace(original, rows=rows, measure=measure)


COUNTS_FINDINGS = (
    Finding(
        "TP Huế, Trung tâm HCC, dòng 2–4",
        "counts_do_not_add_up",
        Text(
            "Nơi đón tiếp: tổng các mức là 4.350, số phiếu thu về là 4.215 (thừa 135).",
            "Nơi đón tiếp: the counts add up to 4,350, the returned forms are 4,215 (135 too many).",
        ),
    ),
    Finding(
        "TP Huế, Trung tâm HCC, dòng 5",
        "truncated_percent",
        Text(
            "Tỷ lệ in 47,04% bị cắt bớt; làm tròn đúng là 47,05%.",
            "The printed 47.04% is truncated; rounded it is 47.05%.",
        ),
    ),
)


def counts_table() -> IndexTable:
    """Return the tables of counts of two real offices, each with its own period, and what was found in them."""
    hue: Unit = ("Trung tâm Hành chính công TP Huế", "Trung tâm Hành chính công TP Huế", None)
    vung_tau: Unit = ("Sở TN&MT", "Sở Tài nguyên và Môi trường tỉnh Bà Rịa - Vũng Tàu", None)
    scores = tuple(
        Score(name, "item", Text(name, name))
        for name in (
            "Nơi đón tiếp",
            "Thái độ phục vụ, hướng dẫn",
            "Thái độ tiếp nhận, trả kết quả",
            "Mức độ hài lòng",
        )
    )
    hue_rows = [
        row(hue, scores[0].id, estimate=96.551724, n=4350, reason="counts_do_not_add_up"),
        row(hue, scores[1].id, estimate=97.532622, n=4215),
        row(hue, scores[2].id, estimate=97.698695, n=4215),
    ]
    rows = [replace(r, period="2019-Q1", method="share/counts/wilson") for r in hue_rows]
    rows.append(
        replace(
            row(vung_tau, scores[3].id, estimate=83.870968, n=31),
            period="2022",
            method="share/counts/wilson",
            ci_low=67.365,
            ci_high=92.907,
        )
    )
    forms = [UnitCount(hue[0], hue[1], 5326, 4215, 4215), UnitCount(vung_tau[0], vung_tau[1], None, 31, 31)]
    counts = replace(table(rows, scores, forms), findings=COUNTS_FINDINGS)
    return replace(
        counts,
        provenance=replace(PROVENANCE, questionnaire="", questionnaire_hash="", interval="wilson", design=""),
    )


POISON = (
    '=HYPERLINK("http://example.org","x")',
    "+1",
    "-1+2",
    "@SUM(1)",
    "\t=1+1",
    "\x00=cmd|' /C calc'!A0",
    "＝1+1",
    "a\x0bb\ud800c\ufffed",
    "<script>alert(1)</script>",
    "Xã " + "rất dài " * 40,
    "Tên\nhai dòng\r\n=1",
    "\u202eđảo chiều",
    "",
)
"""Unit names that break careless writers."""


def poisoned_table() -> IndexTable:
    """Return a table whose unit names and findings are attacks."""
    scores = (*FACTORS, INDEX)
    rows = [
        row((f"{number:05d}", name, None), score.id, estimate=80.0 + number, n=40)
        for number, name in enumerate(POISON)
        for score in scores
    ]
    forms = [UnitCount(f"{number:05d}", name, 50, 40, 40) for number, name in enumerate(POISON)]
    findings = tuple(Finding(name, "poison", Text(name, name)) for name in POISON)
    return replace(table(rows, scores, forms), findings=findings)


def on_basis(original: IndexTable, basis: Basis) -> IndexTable:
    """Return the table with all rows on this basis."""
    return replace(original, rows=tuple(replace(r, basis=basis) for r in original.rows))
