// The trace page: one selection for tree, waterfall and detail; j and k move, f finds, e goes to the next error.
(function () {
  "use strict";

  function rows() { return Array.prototype.slice.call(document.querySelectorAll("#rows [data-span]")); }

  function chosen(all) { return all.findIndex(function (row) { return row.getAttribute("aria-selected") === "true"; }); }

  function choose(row) {
    if (!row) return;
    rows().forEach(function (other) {
      var here = other === row;
      other.setAttribute("aria-selected", here ? "true" : "false");
      other.tabIndex = here ? 0 : -1;
    });
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    var trace = location.pathname.split("/").pop(), span = row.getAttribute("data-span");
    var at = new URLSearchParams(location.search);
    at.set("span", span);
    history.replaceState(history.state, "", location.pathname + "?" + at.toString());
    window.dash_clientside.set_props("chosen", { data: { trace: trace, span: span } });
  }

  function tab(name) {
    document.documentElement.setAttribute("data-tab", name);
    document.querySelectorAll("[role=tab]").forEach(function (one) {
      one.setAttribute("aria-selected", one.getAttribute("data-tab") === name ? "true" : "false");
    });
  }

  document.documentElement.setAttribute("data-tab", "conversation");

  document.addEventListener("click", function (event) {
    var target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    var one = target.closest("[role=tab][data-tab]");
    if (one) { tab(one.getAttribute("data-tab")); return; }
    choose(target.closest("#rows [data-span]"));
  });

  document.addEventListener("keydown", function (event) {
    var typing = /^(INPUT|TEXTAREA|SELECT)$/.test((document.activeElement || {}).tagName || "");
    var all = typing || event.metaKey || event.ctrlKey || event.altKey ? [] : rows();
    if (event.key === "Enter" && typing && document.activeElement.id === "find") document.activeElement.blur();
    if (event.key === "f" && !typing && !event.metaKey && !event.ctrlKey && !event.altKey) {
      var box = document.getElementById("find");
      if (box) { event.preventDefault(); box.focus(); box.select(); }
    }
    if (!all.length) return;
    var at = chosen(all);
    if (event.key === "j" || (event.key === "ArrowDown" && document.activeElement === all[at])) {
      event.preventDefault(); choose(all[Math.min(at + 1, all.length - 1)]);
    } else if (event.key === "k" || (event.key === "ArrowUp" && document.activeElement === all[at])) {
      event.preventDefault(); choose(all[Math.max(at - 1, 0)]);
    } else if (event.key === "e") {
      var after = all.slice(at + 1).concat(all.slice(0, at + 1));
      choose(after.find(function (row) { return row.getAttribute("data-failed") === "1"; }));
    }
  });
})();
