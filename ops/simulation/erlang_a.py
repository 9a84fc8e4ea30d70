"""What queueing theory predicts for a contact centre whose customers lose patience: Erlang-A, M/M/c+M. Pure.

Customers come at random at a steady rate, `places` of agents serve them in the order they came, serving takes an
exponential time, and who waits leaves after an exponential patience. Without patience's end it is Erlang-C.

Source: C. Palm, "Research on telephone traffic carried by full availability groups" (1957); O. Garnett,
A. Mandelbaum, M. Reiman, "Designing a call center with impatient customers", M&SOM 4(3), 2002.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

_NEGLIGIBLE = 1e-13  # a state less likely than this share of the likeliest ends the sum
_STATES_MAX = 200_000


@dataclass(frozen=True)
class ErlangA:
    """A centre in balance: rates per second; `leaving_rate` 0 means that nobody ever leaves.

    Raises ValueError for rates that make no sense, and for a queue that would grow for ever.
    """

    arrival_rate: float
    serving_rate: float
    leaving_rate: float
    places: int

    def __post_init__(self) -> None:
        if self.arrival_rate < 0 or self.serving_rate <= 0 or self.leaving_rate < 0 or self.places < 1:
            raise ValueError("rates and places must be positive")
        if self.leaving_rate == 0 and self.arrival_rate >= self.places * self.serving_rate:
            raise ValueError("more come than can be served, and nobody leaves: the queue grows for ever")

    @cached_property
    def states(self) -> tuple[float, ...]:
        """Return how likely it is that 0, 1, 2, … customers are there, served or waiting; what is negligible is cut."""
        logs, top = [0.0], 0.0
        while len(logs) < _STATES_MAX:
            count = len(logs)
            leaving = min(count, self.places) * self.serving_rate
            leaving += max(0, count - self.places) * self.leaving_rate
            if self.arrival_rate == 0:
                break
            logs.append(logs[-1] + math.log(self.arrival_rate / leaving))
            top = max(top, logs[-1])
            if count > self.places and logs[-1] < logs[-2] and logs[-1] < top + math.log(_NEGLIGIBLE):
                break
        weights = [math.exp(one - top) for one in logs]
        whole = math.fsum(weights)
        return tuple(one / whole for one in weights)

    @cached_property
    def wait_ratio(self) -> float:
        """Return the share of customers who find no free place."""
        return math.fsum(self._found_waiting)

    @property
    def _found_waiting(self) -> tuple[float, ...]:
        """Return how likely a customer finds all places taken and 0, 1, 2, … others waiting."""
        return self.states[self.places :]

    @cached_property
    def queue_length(self) -> float:
        """Return how many wait on average."""
        return math.fsum(number * share for number, share in enumerate(self._found_waiting))

    @property
    def mean_wait_s(self) -> float:
        """Return how long a customer waits on average, until served or until they leave."""
        return self.queue_length / self.arrival_rate if self.arrival_rate else 0.0

    @property
    def left_ratio(self) -> float:
        """Return the share of customers who leave before they are served."""
        return self.leaving_rate * self.mean_wait_s

    @property
    def utilisation(self) -> float:
        """Return the share of the places' time that is taken by serving."""
        return self.arrival_rate * (1 - self.left_ratio) / (self.places * self.serving_rate)

    def served_within(self, seconds: float) -> float:
        """Return the share of all customers who are served at most so many seconds after they came.

        Who finds j others waiting is served after j + 1 departures, whose rates grow by `leaving_rate` with each
        one who may leave. That this comes before their own patience's end raises each rate once more.
        """
        return 1 - self.wait_ratio + self._sum_over_waiting(seconds)

    def _sum_over_waiting(self, seconds: float) -> float:
        busy = self.places * self.serving_rate
        raised = busy + self.leaving_rate
        spread = -math.expm1(-self.leaving_rate * seconds) / self.leaving_rate if self.leaving_rate else seconds
        log_term, later = -raised * seconds, 0.0  # later: the chance that j + 1 departures take longer
        parts = []
        for number, share in enumerate(self._found_waiting):
            if number:
                factor = (raised + (number - 1) * self.leaving_rate) / number * spread
                log_term = log_term + math.log(factor) if factor else -math.inf
            later += math.exp(log_term)
            stays = busy / (busy + (number + 1) * self.leaving_rate)
            parts.append(share * stays * (1 - min(1.0, later)))
        return math.fsum(parts)

    def wait_quantile_s(self, ratio: float) -> float:
        """Return within how many seconds this share of those who are served is served."""
        served = 1 - self.left_ratio
        if self.served_within(0.0) >= ratio * served:
            return 0.0
        high = 1.0
        while self.served_within(high) < ratio * served and high < 1e7:
            high *= 2
        low = 0.0
        while high - low > 1e-3:
            middle = (low + high) / 2
            low, high = (low, middle) if self.served_within(middle) >= ratio * served else (middle, high)
        return high


def expected_wait_s(*, ahead: int, serving_rate: float, leaving_rate: float, places: int) -> float:
    """Return how long one waits on average who finds all places taken and `ahead` others waiting, if they stay."""
    return math.fsum(1 / (places * serving_rate + number * leaving_rate) for number in range(ahead + 1))
