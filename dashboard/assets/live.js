// Asks once a second whether anything changed, while the page is looked at and follows; only then is it drawn again.
// A page is never asked for while it is being drawn: the answer under way would be thrown away, and where a drawing
// takes longer than a second nothing would ever be shown. A slow store gets a rest as long as the drawing took.
(function () {
  "use strict";
  var last = null, waiting = false, lost = 0, began = 0, rest = 0;

  function follows() {
    var at = new URLSearchParams(location.search);
    return !document.hidden && at.get("live") !== "0" && !at.has("from");
  }

  function drawing() {
    var page = document.getElementById("page");
    if (window.spanwardenAsked && Date.now() - window.spanwardenAsked > 20000) window.spanwardenAsked = 0;
    return Boolean(!page || window.spanwardenAsked || page.hasAttribute("data-dash-is-loading"));
  }

  // New data would take away what someone types or marks, and move the list that someone reads.
  function held() {
    var marked = window.getSelection ? String(window.getSelection()) : "";
    var reads = location.pathname === "/traces" && window.scrollY > 160;
    return Boolean(marked || reads || document.querySelector("#page input:focus, #page textarea:focus, #page [data-touched]"));
  }

  function mark(state) {
    var root = document.documentElement;
    if (root.getAttribute("data-link") !== state) root.setAttribute("data-link", state);
  }

  function time() {
    var busy = drawing(), now = Date.now();
    if (busy && !began) began = now;
    if (!busy && began) { rest = now + Math.min(10000, now - began) - 900; began = 0; }
  }

  function show(answer) {
    time();
    var people = last !== null && answer.people !== last.people;
    if (last !== null && !people && answer.spans === last.spans) return;
    if (last !== null) {
      if (drawing() || Date.now() < rest) return; // asked again in a second
      if (held()) { mark("held"); return; }
      window.spanwardenAsked = Date.now();
      time();
      window.dash_clientside.set_props("pulse", { data: (people ? "people " : "spans ") + answer.people + " " + answer.spans });
    }
    last = answer;
  }

  function ask() {
    if (waiting || !follows() || !window.dash_clientside || !window.dash_clientside.set_props) return;
    waiting = true;
    fetch("/api/v1/pulse", { cache: "no-store" })
      .then(function (answer) { return answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status))); })
      .then(function (answer) { lost = 0; mark("ok"); show(answer); })
      .catch(function () { lost += 1; if (lost > 2) mark("lost"); })
      .then(function () { waiting = false; });
  }

  new MutationObserver(time).observe(document.documentElement, {
    subtree: true, attributes: true, attributeFilter: ["data-dash-is-loading"]
  });
  document.addEventListener("click", function (event) {
    var folded = event.target instanceof Element && event.target.closest("#page details");
    if (folded) folded.setAttribute("data-touched", "1");
  });
  setInterval(ask, 1000);
  document.addEventListener("visibilitychange", ask);
})();
