"""On what the bot's processes compute."""

from __future__ import annotations

import pytest

from bot.lean import widen_arithmetic

WIDE = "flags\t\t: fpu avx2 avx512f avx512dq avx512cd avx512bw avx512vl\n"


@pytest.mark.parametrize(("text", "named"), [(WIDE, {"OPENBLAS_CORETYPE": "SkylakeX"}), ("flags : fpu avx2\n", {})])
def test_a_kind_is_named_only_for_processors_of_its_width(tmp_path, text, named):
    cpu, environment = tmp_path / "cpuinfo", {}
    cpu.write_text(f"processor : 0\n{text}bugs : avx512f\n", encoding="utf-8")
    widen_arithmetic(environment, cpu)
    assert environment == named


def test_what_an_operator_named_stays_and_a_system_that_tells_nothing_is_left_alone(tmp_path):
    cpu, environment = tmp_path / "cpuinfo", {"OPENBLAS_CORETYPE": "Zen"}
    cpu.write_text(WIDE, encoding="utf-8")
    widen_arithmetic(environment, cpu)
    widen_arithmetic(environment, tmp_path / "missing")
    assert environment == {"OPENBLAS_CORETYPE": "Zen"}
