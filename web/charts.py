"""Drawings of figures as numbers for a template's SVG: no script, no style, readable in black and white."""

from dataclasses import dataclass
from datetime import date

from geo_offlimits.domain.completion import Completion

WIDTH, HEIGHT = 640, 240
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 16, 24, 40


@dataclass(frozen=True, kw_only=True)
class Day:
    """A point of the trend. share : the middle of what it may be; low, high : the least and the most."""

    day: date
    x: float
    y: float
    count: str
    share: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class TrendChart:
    """In the units of the view box. line, band : points of a polyline and of the area between least and most.

    grid : heights of lines with their share. deadline : where it stands, None where that is not in the picture.
    """

    days: tuple[Day, ...]
    line: str
    band: str
    grid: tuple[tuple[float, float], ...]
    deadline: float | None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    top: int = _TOP
    bottom: int = HEIGHT - _BOTTOM


def trend_chart(found: Completion) -> TrendChart | None:
    """None where nobody is asked, or on no day."""
    whole, days, deadline = found.whole, found.trend.days, found.trend.deadline
    if not whole.asked or not days:
        return None
    last = max(days[-1], deadline) if deadline else days[-1]
    scale = _Scale(days[0], last)
    points = []
    for day, told in zip(days, whole.by_day, strict=True):
        low, middle, high = (count / whole.asked for count in (told.least, told.middle, told.most))
        points.append(
            Day(
                day=day,
                x=scale.x(day),
                y=scale.y(middle),
                count=str(told),
                share=middle,
                low=scale.y(low),
                high=scale.y(high),
            )
        )
    edge = [(one.x, one.high) for one in points] + [(one.x, one.low) for one in reversed(points)]
    return TrendChart(
        days=tuple(points),
        line=_written([(one.x, one.y) for one in points]),
        band=_written(edge),
        grid=tuple((scale.y(share), share) for share in (0.0, 0.25, 0.5, 0.75, 1.0)),
        deadline=scale.x(deadline) if deadline and deadline >= days[0] else None,
    )


@dataclass(frozen=True)
class _Scale:
    first: date
    last: date

    def x(self, day: date) -> float:
        span = max((self.last - self.first).days, 1)
        return round(_LEFT + (WIDTH - _LEFT - _RIGHT) * (day - self.first).days / span, 1)

    def y(self, share: float) -> float:
        return round(HEIGHT - _BOTTOM - (HEIGHT - _BOTTOM - _TOP) * share, 1)


def _written(points: list[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)
