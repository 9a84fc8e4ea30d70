"""The operator's own way to customers' phones, named in a setting."""

from __future__ import annotations

import pytest

from backoffice.notices.service import Notice, make_notifier
from backoffice.notices.tables import NoticeCategory
from kernel.settings import SettingsError

SENT: list[Notice] = []


class Paper:
    """A notifier of this test's."""

    async def send(self, notice: Notice) -> None:
        SENT.append(notice)


async def test_the_function_named_makes_the_notifier() -> None:
    notice = Notice(key="k", category=NoticeCategory.ORDER, phone="010-0000-1234", text="보냈어요")
    await make_notifier(f"{__name__}:Paper").send(notice)
    assert [notice] == SENT


@pytest.mark.parametrize("place", ["", "nowhere:Paper", f"{__name__}:Nobody", __name__, "a b:c"])
def test_a_place_without_a_function_stops_the_start(place: str) -> None:
    with pytest.raises(SettingsError, match="IEUM_NOTIFIER"):
        make_notifier(place)
