"""`./ieum faults`: a busy crowd at the running product while one fault after the other strikes, and the account.

`stage` starts the product in a folder of its own and fills it with people (`customers`, `kakao`, `agents`), who
write what they said and saw into a `history`. `run` deals the faults (`strikes`) and measures with the `prober`
how long each took to get over. In the end `checker` holds the history against what the store has (`stored`).
"""

from ops.faults.report import is_well, show
from ops.faults.run import Wishes, run

__all__ = ["Wishes", "is_well", "run", "show"]
