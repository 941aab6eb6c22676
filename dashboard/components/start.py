"""The first minute: what to paste so that a first trace arrives."""

from __future__ import annotations

from urllib.parse import urlsplit

from dash import html

from dashboard.components.blocks import extra, icon
from dashboard.first_trace import snippet


def first_trace(endpoint: str) -> html.Div:
    """Return the snippet with its copy button; ``endpoint`` is the OTLP/gRPC address."""
    shown = snippet(endpoint)
    return html.Div(
        [
            html.Div(
                [
                    html.Span(f"Python, to {urlsplit(endpoint).netloc or endpoint}"),
                    html.Button(
                        [icon("copy"), "Copy"], className="button small", type="button", **extra(data_copy=shown)
                    ),
                ],
                className="snippet-head",
            ),
            html.Pre(html.Code(shown), tabIndex="0", **extra(aria_label="Code that sends a first trace")),
        ],
        className="snippet",
    )
