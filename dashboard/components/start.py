"""The first minute: what to paste so that a first trace arrives."""

from __future__ import annotations

from urllib.parse import urlsplit

from dash import html

from dashboard.components.blocks import extra, icon
from dashboard.first_trace import snippet


def first_trace(endpoint: str) -> html.Div:
    """Return the snippet with its copy button; ``endpoint`` is the OTLP/gRPC address."""
    return code_sample(
        snippet(endpoint), f"Python, to {urlsplit(endpoint).netloc or endpoint}", "Code that sends a first trace"
    )


def code_sample(shown: str, title: str = "Python", told: str = "Code") -> html.Div:
    """Return code to paste, with its copy button; ``told`` says in words what it does."""
    return html.Div(
        [
            html.Div(
                [
                    html.Span(title),
                    html.Button(
                        [icon("copy"), "Copy"], className="button small", type="button", **extra(data_copy=shown)
                    ),
                ],
                className="snippet-head",
            ),
            html.Pre(html.Code(shown), tabIndex="0", **extra(aria_label=told)),
        ],
        className="snippet",
    )
