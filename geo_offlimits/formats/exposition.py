"""Figures in the text format of Prometheus."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_PREFIX = "geo_offlimits_"


class _Figure(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def help(self) -> str: ...
    @property
    def value(self) -> float: ...
    @property
    def labels(self) -> dict[str, str]: ...


class _Gathered(Collector):
    def __init__(self, figures: Iterable[_Figure]) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        families: dict[str, GaugeMetricFamily] = {}
        for one in self._figures:
            if one.name not in families:
                families[one.name] = GaugeMetricFamily(_PREFIX + one.name, one.help, labels=list(one.labels))
            families[one.name].add_metric(list(one.labels.values()), one.value)
        yield from families.values()


def written(figures: Iterable[_Figure]) -> bytes:
    """UTF-8; figures of one name stand together under its help, in the order in which they came."""
    # A registry of its own: the library's common one would tell of this process, its memory and its Python.
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Gathered(figures))
    return generate_latest(registry)
