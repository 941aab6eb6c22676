"""``python -m spanwarden`` is the ``spanwarden`` command."""

from __future__ import annotations

from spanwarden.cli import main

if __name__ == "__main__":
    main()
