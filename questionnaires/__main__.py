"""What can an author do at the command line? Check a questionnaire file, publish it, print its codebook."""

import argparse
import csv
import io
import os
import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from questionnaires import codebook, library, loader, publish
from questionnaires.model import Questionnaire

_BAD_INPUT = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Parameters
    ----------
    arguments
        The words after ``python -m questionnaires``; by default those of the process.

    Returns
    -------
    int
        Exit status: 0, or 2 where a file was refused.
    """
    for stream in (sys.stdout, sys.stderr):
        # a Windows console would otherwise fail on Vietnamese
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    parsed = _parser().parse_args(arguments)
    try:
        return int(parsed.run(parsed))
    except (loader.QuestionnaireRefused, publish.PublishedFileChanged, library.UnknownQuestionnaire) as refused:
        sys.stderr.write(f"{refused}\n")
        return _BAD_INPUT
    except BrokenPipeError:
        # `… codebook ID | head` has read enough; nothing may be written to the closed pipe at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m questionnaires", description="Mẫu phiếu khảo sát")
    commands = parser.add_subparsers(required=True, metavar="LỆNH")
    check = commands.add_parser("check", help="kiểm tra tệp mẫu phiếu")
    check.add_argument("files", nargs="+", type=Path, metavar="TỆP")
    check.set_defaults(run=_check)
    publishing = commands.add_parser("publish", help="công bố mẫu phiếu: từ đây tệp không được sửa nữa")
    publishing.add_argument("file", type=Path, metavar="TỆP")
    publishing.set_defaults(run=_publish)
    codes = commands.add_parser("codebook", help="in bảng mã của mẫu phiếu (CSV)")
    codes.add_argument("questionnaire", metavar="MÃ")
    codes.add_argument("--folder", type=Path, metavar="THƯ_MỤC", help="thư mục mẫu phiếu riêng của cơ quan")
    codes.set_defaults(run=_codebook)
    return parser


def _check(parsed: argparse.Namespace) -> int:
    return max([_check_file(path) for path in parsed.files])


def _check_file(path: Path) -> int:
    inspection = loader.inspect_file(path)
    for warning in inspection.warnings:
        sys.stdout.write(f"Lưu ý: {warning}\n")
    if inspection.questionnaire is None:
        sys.stderr.writelines(f"Lỗi: {error}\n" for error in inspection.errors)
        return _BAD_INPUT
    try:
        publish.refuse_a_change(path)
    except publish.PublishedFileChanged as refused:
        sys.stderr.write(f"Lỗi: {refused}\n")
        return _BAD_INPUT
    sys.stdout.write(f"{path.name}: đạt, {_summary(inspection.questionnaire)}\n")
    return 0


def _summary(questionnaire: Questionnaire) -> str:
    count = len(tuple(questionnaire.questions()))
    return f"{count} câu hỏi, {len(questionnaire.index.items)} tiêu chí trong chỉ số"


def _publish(parsed: argparse.Namespace) -> int:
    is_new = publish.publish(parsed.file)
    outcome = "đã công bố, từ nay không sửa tệp này" if is_new else "đã công bố từ trước, không có gì thay đổi"
    sys.stdout.write(f"{parsed.file.name}: {outcome}\n")
    return 0


def _codebook(parsed: argparse.Namespace) -> int:
    questionnaire = library.load(parsed.questionnaire, parsed.folder)
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(field.name for field in fields(codebook.CodebookRow))
    for row in codebook.codebook(questionnaire):
        writer.writerow(_cell(getattr(row, field.name)) for field in fields(row))
    # a byte order mark, so that a Vietnamese Excel reads the file as UTF-8
    sys.stdout.write("\ufeff" + table.getvalue())
    sys.stdout.flush()
    return 0


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return f"{value:g}"
    return "" if value is None else str(value)


if __name__ == "__main__":
    sys.exit(main())
