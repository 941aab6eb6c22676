"""Plays a demo beside a running collector: history through its door, the answer key, one report, then live traffic."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from spanwarden.demo.generate import Demo, generate
from spanwarden.demo.marking import DEMO_MARKING_KEY, DEMO_MARKING_KEY_NAME
from spanwarden.demo.send import SendFailed, SendReport, send_history
from spanwarden.demo.settle import await_look, await_stored
from spanwarden.demo.trickle import Trickle
from spanwarden.notes import read_note, write_note
from spanwarden.running import RunningEngine
from spanwarden.settings import Settings, SettingsError, load_settings
from storage.errors import StoreError

HERE = Path(__file__).parent
SHIPPED = {
    "policies_dir": HERE / "policies",
    "budgets_file": HERE / "budgets.yaml",
    "prices_file": HERE / "prices.yaml",
}
ANSWER_KEY, PLAYED = "answer-key.json", "demo.json"
SCHEDULE = {"id": "daily-eu-ai-act", "report": "eu-ai-act", "cron": "0 6 * * *", "window": "day"}


def demo_settings(folder: Path, **flags: object) -> Settings:
    """Return the settings of a demo in ``folder``: its policies, budgets, prices, watermark key, a daily report."""
    flags |= {name: path for name, path in SHIPPED.items() if flags.get(name) is None}
    settings = load_settings(data_dir=folder, **flags)
    if not settings.schedules:
        settings = load_settings(data_dir=folder, schedules=(SCHEDULE,), **flags)
    key = settings.secrets_dir / f"{DEMO_MARKING_KEY_NAME}.key"
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings.secrets_dir.mkdir(exist_ok=True, mode=0o700)
    if not key.exists():
        key.touch(mode=0o600)
        key.write_text(f"{DEMO_MARKING_KEY:#x}\n")
    return settings


class DemoRun:
    """A thread that plays one demo. Raises SettingsError when the folder holds another one."""

    def __init__(self, settings: Settings, seed: int, days: float, live: bool, say: Callable[[str], object]) -> None:
        self.settings, self.seed, self.days, self.live, self.say = settings, seed, days, live, say
        self.played = settings.data_dir / PLAYED
        earlier = read_note(self.played).get("seed")
        if earlier not in (None, seed):
            raise SettingsError(
                f"{settings.data_dir} holds the demo of seed {earlier}; remove that folder or choose another --data-dir"
            )
        self._goes_on = earlier is not None
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, engine: RunningEngine, otlp: str) -> None:
        """Begin; returns at once."""
        self._thread = threading.Thread(target=self._play, args=(engine, otlp), name="demo", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the live traffic."""
        self._stopping.set()
        if self._thread:
            self._thread.join(10.0)

    def _play(self, engine: RunningEngine, otlp: str) -> None:
        token = next((secret.get_secret_value() for secret in self.settings.ingest_tokens.values()), "")
        trickle: Trickle | None = None
        try:
            demo = None if self._goes_on else self._history(engine, otlp, token)
            if self.live and not self._stopping.is_set():
                trickle = Trickle(otlp, self.seed, still_open=demo.still_open if demo else (), token=token)
                trickle.start()
                self.say("Live traffic goes on until Ctrl-C.")
            if demo:
                self._report(engine, demo)
            self._stopping.wait()
        except (SendFailed, StoreError) as error:
            self.say(f"The demo stopped: {error}")
        finally:
            if trickle:
                trickle.stop()

    def _history(self, engine: RunningEngine, otlp: str, token: str) -> Demo:
        self.say(f"Making {self.days:g} days of traffic (seed {self.seed}) ...")
        end = datetime.now(UTC).replace(second=0, microsecond=0)
        demo = generate(self.seed, start=end - timedelta(days=self.days), days=self.days)
        write_note(self.settings.data_dir / ANSWER_KEY, demo.key)
        sent = send_history(demo, otlp, token=token)
        write_note(self.played, {"seed": self.seed, "start": demo.key["start"], "end": demo.key["end"]})
        await_stored(engine, sent.spans, self._stopping)
        self.say(_told(demo, sent, self.settings.data_dir / ANSWER_KEY))
        return demo

    def _report(self, engine: RunningEngine, demo: Demo) -> None:
        """Make a report of the history; it speaks of incidents, so the detectors come first."""
        await_look(engine, self._stopping)
        if not self._stopping.is_set():
            engine.post("/reports", {"report": "eu-ai-act", "from": demo.key["start"], "to": demo.key["end"]})
            self.say("A report on the history is on the Reports page.")


def _told(demo: Demo, sent: SendReport, key: Path) -> str:
    planted = demo.key
    counts = f"{sum(planted['pii'].values())} secrets, {len(planted['faults'])} faults, {len(planted['decoys'])} decoys"
    faults = "\n".join(
        f"    {fault['signal']:<9} {fault['strength']:<7} {fault['start'][:16]}  {json.dumps(fault['slice'])}"
        for fault in planted["faults"]
    )
    return (
        f"The history is stored: {sent.spans} spans, sent in {sent.seconds:.0f} s.\n"
        f"Planted: {counts}. The key: {key}\n{faults}"
    )
