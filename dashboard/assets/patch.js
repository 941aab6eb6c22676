// New data change what changed and nothing else. Dash (4.2 to 4.4, plotly/dash#3846) builds a whole page anew when its
// children are set, which makes charts blink and loses what is hovered; so the drawn page is compared with the one that
// is shown, and the deepest parts with an id that cover the differences are set instead.
(function () {
  "use strict";

  function equal(one, other) {
    if (one === other) return true;
    if (!one || !other || typeof one !== "object" || typeof other !== "object") return false;
    if (Array.isArray(one) !== Array.isArray(other)) return false;
    var keys = Object.keys(one);
    return keys.length === Object.keys(other).length && keys.every(function (key) { return equal(one[key], other[key]); });
  }

  function part(one) { return Boolean(one && typeof one === "object" && one.props && one.type && one.namespace); }

  // Collects [id, props] to set; false when the difference cannot be told by parts that have an id.
  function compare(shown, drawn, found) {
    if (equal(shown, drawn)) return true;
    if (Array.isArray(shown) && Array.isArray(drawn)) {
      return shown.length === drawn.length && drawn.every(function (one, at) { return compare(shown[at], one, found); });
    }
    if (!part(shown) || !part(drawn) || shown.type !== drawn.type || shown.namespace !== drawn.namespace) return false;
    if (!equal(shown.props.id, drawn.props.id)) return false;
    var id = drawn.props.id, before = found.length, props = {};
    Object.keys(drawn.props).forEach(function (key) {
      if (key !== "children" && !equal(shown.props[key], drawn.props[key])) props[key] = drawn.props[key];
    });
    if (!compare(shown.props.children, drawn.props.children, found)) {
      found.length = before;
      props.children = drawn.props.children;
    }
    if (!Object.keys(props).length) return true;
    if (id === undefined) { found.length = before; return false; }
    found.push([id, props]);
    return true;
  }

  window.dash_clientside.spanwarden.patch = function (fresh, shown) {
    var keep = window.dash_clientside.no_update;
    if (!fresh) return keep;
    window.spanwardenAsked = 0;
    if (!fresh.page || fresh.path !== location.pathname) return keep;
    document.title = fresh.title + " · Spanwarden";
    var found = [];
    if (!compare(shown, fresh.page, found)) return fresh.page;
    found.forEach(function (one) { window.dash_clientside.set_props(one[0], one[1]); });
    return keep;
  };
})();
