// The frame's own moves: who looks, light and dark, the rail, the keyboard, copying, choosing time on a chart.
(function () {
  "use strict";
  var root = document.documentElement;

  function scheme() { return root.getAttribute("data-mantine-color-scheme") === "dark" ? "dark" : "light"; }

  var slim = matchMedia("(max-width: 760px)");

  function viewer() {
    return { zone: Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC", scheme: scheme(), narrow: slim.matches };
  }

  function same(one, other) { return one.zone === other.zone && one.scheme === other.scheme && one.narrow === other.narrow; }

  // As dcc.Link does it: the trace page replaces the address by itself, and Dash's own idea of it is then too old to set.
  function visit(path, at) {
    var search = at.toString();
    history.pushState({}, "", path + (search ? "?" + search : ""));
    window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
  }

  function go(change) {
    var at = new URLSearchParams(location.search);
    change(at);
    visit(location.pathname, at);
  }

  function utc(local) {
    // Plotly speaks in the viewer's clock and without a zone, and so does Date when it reads such a text.
    return new Date(String(local).replace(" ", "T")).toISOString().slice(0, 19) + "Z";
  }

  window.dash_clientside = Object.assign({}, window.dash_clientside, {
    spanwarden: {
      viewer: function () {
        var now = viewer(), before = window.spanwardenViewer;
        if (before && same(before, now)) return window.dash_clientside.no_update;
        window.spanwardenViewer = now;
        return now;
      },
      title: function (title) { if (title) document.title = title + " · Spanwarden"; },
      brush: function (moves) {
        (moves || []).forEach(function (move) {
          if (!move || !move["xaxis.range[0]"]) return;
          go(function (at) {
            at.delete("range"); at.delete("before");
            at.set("from", utc(move["xaxis.range[0]"])); at.set("to", utc(move["xaxis.range[1]"]));
          });
        });
      },
      scope: function () {
        var changed = window.dash_clientside.callback_context.inputs_list[0] || [];
        var at = new URLSearchParams(location.search), moved = false;
        changed.forEach(function (input) {
          var name = input.id.of, value = input.value || "";
          if ((at.get(name) || "") !== value) { moved = true; if (value) at.set(name, value); else at.delete(name); }
        });
        if (!moved) return;
        at.delete("before");
        visit(location.pathname, at);
      },
      find: function (text) {
        var value = (text || "").trim();
        if (text === undefined || (new URLSearchParams(location.search).get("find") || "") === value) return;
        go(function (at) { at.delete("part"); if (value) at.set("find", value); else at.delete("find"); });
      },
      search: function (text) {
        var at = new URLSearchParams(location.search), value = (text || "").trim();
        if (text === undefined || (at.get("q") || "") === value) return;
        if (value) at.set("q", value); else at.delete("q");
        at.delete("before");
        visit("/traces", at);
      }
    }
  });

  function setScheme(next) {
    try { localStorage.setItem("mantine-color-scheme-value", next); } catch (error) { /* it then lasts for this page */ }
    window.dash_clientside.set_props("mantine", { forceColorScheme: next });
    root.setAttribute("data-mantine-color-scheme", next);
    tell();
  }

  function tell() {
    var now = viewer();
    if (!window.spanwardenViewer || same(window.spanwardenViewer, now)) return; // not up yet: it asks for itself
    window.spanwardenViewer = now;
    window.dash_clientside.set_props("viewer", { data: now });
  }

  new MutationObserver(tell).observe(root, { attributes: true, attributeFilter: ["data-mantine-color-scheme"] });
  slim.addEventListener("change", tell);

  function fold() {
    var folded = root.classList.toggle("folded");
    try { localStorage.setItem("rail", folded ? "folded" : "open"); } catch (error) { /* it then lasts for this page */ }
    window.dispatchEvent(new Event("resize"));
  }

  function copy(button) {
    navigator.clipboard.writeText(button.getAttribute("data-copy")).then(function () {
      button.classList.add("copied");
      setTimeout(function () { button.classList.remove("copied"); }, 1200);
    });
  }

  document.addEventListener("click", function (event) {
    var target = event.target instanceof Element ? event.target : null;
    if (!target) return;
    var button = target.closest("[data-copy]");
    if (button) { event.preventDefault(); copy(button); return; }
    if (target.closest("#theme")) { setScheme(scheme() === "dark" ? "light" : "dark"); return; }
    if (target.closest("#fold")) { fold(); return; }
    if (target.closest("#menu")) { root.classList.toggle("drawer"); return; }
    if (target.closest("#veil") || target.closest(".rail-link")) root.classList.remove("drawer");
  });

  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape") { root.classList.remove("drawer"); if (document.activeElement) document.activeElement.blur(); return; }
    var typing = /^(INPUT|TEXTAREA|SELECT)$/.test((document.activeElement || {}).tagName || "");
    if (typing || event.metaKey || event.ctrlKey || event.altKey) return;
    if (event.key === "/") {
      var box = document.getElementById("search");
      if (box) { event.preventDefault(); box.focus(); box.select(); }
    }
  });
})();
