"""Two pictures of a model: what it takes for what, and whether its confidence is true.

The only module that imports matplotlib. Intents are shown by their Korean names where a
font with Korean letters is installed, else by their ids.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")

from matplotlib import font_manager, pyplot
from matplotlib.figure import Figure

from bot.measuring.metrics import BINS, Bin, expected_calibration_error

KOREAN_FONTS = (
    "Noto Sans CJK KR",
    "Noto Sans KR",
    "NanumGothic",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    # One file holds all of Noto's CJK letters; matplotlib knows it by its first name.
    "Noto Sans CJK JP",
)
DPI = 130


def find_korean_font() -> str | None:
    """The name of an installed font with Korean letters, or None."""
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return next((name for name in KOREAN_FONTS if name in installed), None)


def draw_confusion(
    wanted: Sequence[str], taken: Sequence[str], names: Mapping[str, str], path: Path
) -> None:
    """Draw how often each intent was taken for each; rows are what was meant.

    Args:
        wanted: the right intent of each message.
        taken: what it was taken for, in the same order.
        names: Korean names by id, for those that have one.
        path: the PNG to write.
    """
    labels = list(dict.fromkeys([*sorted(set(wanted)), *sorted(set(taken))]))
    places = {label: place for place, label in enumerate(labels)}
    counts = Counter(zip(wanted, taken, strict=True))
    totals = Counter(wanted)
    shares = [[0.0] * len(labels) for _ in labels]
    for (want, take), count in counts.items():
        shares[places[want]][places[take]] = count / totals[want]
    side = max(4.0, 2.5 + 0.24 * len(labels))
    with _font() as korean:
        figure, axes = pyplot.subplots(figsize=(side + 1, side))
        image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        _count_slips(axes, counts, places)
        shown = [names.get(label, label) if korean else label for label in labels]
        axes.set_xticks(range(len(labels)), shown, rotation=90, fontsize=7)
        axes.set_yticks(range(len(labels)), shown, fontsize=7)
        axes.set_xlabel("taken for")
        axes.set_ylabel("meant")
        figure.colorbar(image, fraction=0.03, label="share of the messages meant so")
        _save(figure, path)


def draw_reliability(bins: Sequence[Bin], path: Path) -> None:
    """Draw accuracy against confidence; a calibrated model follows the diagonal."""
    with _font():
        figure, (axes, below) = pyplot.subplots(
            2, figsize=(5, 6), sharex=True, gridspec_kw={"height_ratios": (3, 1)}
        )
        centres = [(place + 0.5) / BINS for place in range(BINS)]
        axes.plot([0, 1], [0, 1], color="grey", linestyle="--", label="calibrated")
        axes.bar(centres, [one.accuracy for one in bins], 0.9 / BINS, label="measured")
        filled = [one for one in bins if one.count]
        axes.scatter(
            [one.confidence for one in filled],
            [one.accuracy for one in filled],
            color="black",
            s=12,
            zorder=3,
        )
        error = expected_calibration_error(bins)
        axes.set_title(f"ECE {error:.3f}" if error is not None else "nothing measured")
        axes.set_ylabel("share that was right")
        axes.set_ylim(0, 1)
        axes.legend(loc="upper left")
        below.bar(centres, [one.count for one in bins], 0.9 / BINS, color="grey")
        below.set_ylabel("messages")
        below.set_xlabel("confidence")
        below.set_xlim(0, 1)
        _save(figure, path)


def _count_slips(
    axes: Any, counts: Mapping[tuple[str, str], int], places: Mapping[str, int]
) -> None:
    for (want, take), count in counts.items():
        if want != take:
            axes.text(
                places[take],
                places[want],
                str(count),
                ha="center",
                va="center",
                fontsize=6,
                color="darkred",
            )


@contextmanager
def _font() -> Iterator[bool]:
    """Draw with a Korean font where there is one; yields whether there is."""
    font = find_korean_font()
    with matplotlib.rc_context({"font.family": [font]} if font else {}):
        yield font is not None


def _save(figure: Figure, path: Path) -> None:
    figure.savefig(path, dpi=DPI, bbox_inches="tight")
    pyplot.close(figure)
