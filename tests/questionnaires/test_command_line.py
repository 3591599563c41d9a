"""Do the three commands of an author say what they found, with the exit status that scripts need?"""

import csv
import io
import subprocess
import sys
from pathlib import Path

import pytest

from questionnaires import library
from questionnaires.__main__ import main
from tests.questionnaires.builders import SOUND, changed

TREE = Path(__file__).parents[2]


def written(folder: Path, toml: str = SOUND, name: str = "mau") -> str:
    path = folder / f"{name}.toml"
    path.write_text(toml, "utf-8")
    return str(path)


def test_a_sound_file_is_checked_with_status_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", written(tmp_path)]) == 0
    assert capsys.readouterr().out == "mau.toml: đạt, 9 câu hỏi, 4 tiêu chí trong chỉ số\n"


def test_a_warning_is_printed_and_does_not_fail(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", written(tmp_path, changed(("Biển hiệu", "HCC")))]) == 0
    assert "Lưu ý: mau.toml: câu hỏi A1, khóa text: cần chữ viết đầy đủ" in capsys.readouterr().out


def test_one_bad_file_among_good_ones_gives_status_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bad = written(tmp_path, changed(('"number"', '"stars"')), "xau")
    assert main(["check", bad, written(tmp_path)]) == 2
    printed = capsys.readouterr()
    assert "Lỗi: xau.toml: câu hỏi K4, khóa kind" in printed.err
    assert "mau.toml: đạt" in printed.out


def test_a_missing_file_gives_status_2_and_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("check", "publish"):
        assert main([command, str(tmp_path / "khong-co.toml")]) == 2
        assert "không mở được tệp" in capsys.readouterr().err


def test_a_published_file_that_changed_fails_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["publish", written(tmp_path)]) == 0
    assert main(["publish", written(tmp_path)]) == 0
    assert "đã công bố từ trước" in capsys.readouterr().out
    changed_file = written(tmp_path, changed(("Biển hiệu", "Bảng hiệu")))
    for command in ("check", "publish"):
        assert main([command, changed_file]) == 2
        assert "lập phiên bản mới" in capsys.readouterr().err


def test_the_codebook_is_a_csv_that_excel_reads(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["codebook", "kiosk-5"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith(
        "\ufeffquestion_id,section,kind,text_vi,text_en,value,label_vi,label_en,score,in_index"
    )
    rows = list(csv.DictReader(io.StringIO(printed.removeprefix("\ufeff"))))
    not_applicable = next(row for row in rows if (row["question_id"], row["value"]) == ("A1", "99"))
    assert (not_applicable["score"], not_applicable["in_index"]) == ("", "1")
    assert rows[0]["score"] == "1"
    assert rows[0]["status"].startswith("PROPOSED wording")


def test_the_codebook_of_an_offices_own_questionnaire(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path)
    assert main(["codebook", "mau", "--folder", str(tmp_path)]) == 0
    assert "Biển hiệu rõ ràng" in capsys.readouterr().out


def test_an_unknown_id_gives_status_2_and_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["codebook", "sipas-2023"]) == 2
    assert "sipas-2017, sipas-2022, sipas-2024" in capsys.readouterr().err


def test_the_module_runs_as_a_command_and_without_any_installed_package() -> None:
    command = [sys.executable, "-S", "-m", "questionnaires", "check"]
    run = subprocess.run(
        [*command, *(str(library.BUILT_IN / f"{name}.toml") for name in library.known_ids())],
        cwd=TREE,
        env={"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr.decode("utf-8")
    assert run.stdout.decode("utf-8").count(": đạt,") == 6


def test_a_reader_that_stops_early_is_no_error() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "questionnaires", "codebook", "sipas-2024"],
        cwd=TREE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.close()
        assert run.stderr.read() == b""
        assert run.wait(30) == 0
