"""Which detections are one incident: same signal, at about the same time, sharing a service or a model.

Union-find over pairs (Galler and Fischer 1964). The incident's id follows from its earliest detection, so that the same
data give the same incident however often and in whatever order they are looked at.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.detection import Detection

NEAR = timedelta(minutes=10)
NAMES = uuid.UUID("2f1f7f0e-6a8c-5d0e-9d4b-3f1a0c7e5b21")


@dataclass(frozen=True, slots=True)
class Group:
    """Detections of one incident, the earliest noticed first."""

    detections: tuple[Detection, ...]

    @property
    def id(self) -> str:
        """UUIDv5 of what was noticed first."""
        return detection_id(self.detections[0], "incident")

    @property
    def tenant(self) -> str:
        """Whose incident it is."""
        return self.detections[0].key.tenant

    @property
    def signal(self) -> str:
        """What was not normal."""
        return self.detections[0].signal

    @property
    def onset(self) -> datetime:
        """When the first of them began."""
        return min(one.onset for one in self.detections)

    @property
    def end(self) -> datetime | None:
        """When the last of them was over; None while one goes on."""
        ends = [one.end for one in self.detections if one.end is not None]
        return max(ends) if len(ends) == len(self.detections) else None

    @property
    def worst(self) -> Detection:
        """The detection with the largest score in units of its threshold."""
        return max(self.detections, key=lambda one: (one.score / one.threshold, one.calls))


def detection_id(one: Detection, kind: str = "finding") -> str:
    """Return an id that follows from what was noticed where and when."""
    key = "/".join((one.key.tenant, one.key.service, one.key.model, one.key.operation, one.key.target, one.key.region))
    return str(uuid.uuid5(NAMES, f"{kind}|{one.signal}|{one.detector}|{key}|{one.detected.isoformat()}"))


def group(detections: Sequence[Detection], seen: datetime) -> list[Group]:
    """Return the incidents, the earliest first; what goes on counts up to ``seen``."""
    ordered = sorted(detections, key=lambda one: (one.detected, one.signal, detection_id(one)))
    parent = list(range(len(ordered)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for later, one in enumerate(ordered):
        for earlier in range(later):
            if _together(ordered[earlier], one, seen):
                first, second = sorted((root(earlier), root(later)))
                parent[second] = first
    members: dict[int, list[Detection]] = {}
    for index, one in enumerate(ordered):
        members.setdefault(root(index), []).append(one)
    return [Group(tuple(found)) for found in members.values()]


def _together(one: Detection, other: Detection, seen: datetime) -> bool:
    if one.signal != other.signal or one.key.tenant != other.key.tenant:
        return False
    near = one.onset - NEAR <= (other.end or seen) and other.onset - NEAR <= (one.end or seen)
    shared = any(getattr(one.key, name) == getattr(other.key, name) != "" for name in ("service", "model"))
    return near and shared
