// Before the first paint: the chosen scheme, else the system's.
(function () {
  "use strict";
  var chosen = null;
  try { chosen = localStorage.getItem("mantine-color-scheme-value"); } catch (error) { chosen = null; }
  var dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
  try { if (localStorage.getItem("rail") === "folded") document.documentElement.classList.add("folded"); } catch (error) { return; }
})();
