"""``/api/v1/findings``, ``/decisions`` and ``/policies``: what was found, what was decided, by which policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from dashboard.api.asked import Given, List
from dashboard.format import rfc3339
from dashboard.read.cursor import Cursor
from dashboard.read.lists import decisions, findings
from dashboard.read.policies import postures

routes = APIRouter(tags=["governance"])


@routes.get("/findings")
def list_findings(services: Given, asked: List, kind: str = "", signal: str = "") -> dict[str, Any]:
    """Return findings of detectors (``kind=anomaly``) and policies (``kind=policy``), newest first."""
    rows, cursor = findings(
        services.engine, asked.window, asked.scope, kind=kind, signal=signal, cursor=asked.cursor, limit=asked.limit
    )
    return {"findings": [_finding(row) for row in rows], "next": _token(cursor)}


@routes.get("/decisions")
def list_decisions(
    services: Given, asked: List, policy: str = "", verdict: str = "", trace: str = ""
) -> dict[str, Any]:
    """Return decisions of policies, newest first, each with its policy, digest and evidence ids."""
    rows, cursor = decisions(
        services.engine, asked.window, asked.scope,
        policy=policy, verdict=verdict, trace=trace, cursor=asked.cursor, limit=asked.limit,
    )  # fmt: skip
    return {"decisions": [_decision(row) for row in rows], "next": _token(cursor)}


@routes.get("/policies")
def list_policies(services: Given, asked: List) -> dict[str, Any]:
    """Return the policies in force with what each decided in the window."""
    found = postures(services.engine, services.policies(), asked.window, asked.scope)
    return {
        "policies": [
            {
                **asdict(one.policy),
                "state": one.state,
                "verdicts": dict(one.verdicts),
                "masked": dict(one.masked),
                "finding_ids": [finding["id"] for finding in one.findings],
                "newest_decision_at": rfc3339(one.newest),
            }
            for one in found
        ],
        "next": None,
    }


def _finding(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "scope": dict(row["scope"]), "at": rfc3339(row["at"])}


def _decision(row: Mapping[str, Any]) -> dict[str, Any]:
    told = {key: value for key, value in row.items() if key not in ("decision_id", "policy_id", "check_id")}
    names = {"id": row["decision_id"], "policy": row["policy_id"], "check": row["check_id"]}
    return {**names, **told, "entities": dict(row["entities"]), "at": rfc3339(row["at"])}


def _token(cursor: Cursor | None) -> str | None:
    return cursor.token() if cursor else None
