// Asks once a second whether anything changed, while the page is looked at and follows; only then is it drawn again.
(function () {
  "use strict";
  var last = null, waiting = false, lost = 0;

  function follows() {
    var at = new URLSearchParams(location.search);
    return !document.hidden && at.get("live") !== "0" && !at.has("from");
  }

  function mark(state) { document.documentElement.setAttribute("data-link", state); }

  function ask() {
    if (waiting || !follows() || !window.dash_clientside || !window.dash_clientside.set_props) return;
    waiting = true;
    fetch("/api/v1/pulse", { cache: "no-store" })
      .then(function (answer) { return answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status))); })
      .then(function (answer) {
        lost = 0; mark("ok");
        if (last !== null && answer.pulse !== last) window.dash_clientside.set_props("pulse", { data: answer.pulse });
        last = answer.pulse;
      })
      .catch(function () { lost += 1; if (lost > 2) mark("lost"); })
      .then(function () { waiting = false; });
  }

  setInterval(ask, 1000);
  document.addEventListener("visibilitychange", ask);
})();
