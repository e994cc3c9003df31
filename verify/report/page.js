"use strict";
// Scripts only add: filters for the table of findings, and opening what a link leads to.
(() => {
  const form = document.getElementById("filters");
  const rows = Array.from(document.querySelectorAll("#findings tbody tr"));
  const shown = document.getElementById("shown");
  const fields = ["check", "verdict", "text"].map((id) => document.getElementById("by-" + id));
  const [check, verdict, text] = fields;

  function filter() {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let n = 0;
    for (const row of rows) {
      const all = row.dataset.text.toLowerCase();
      const keep = (!check.value || row.dataset.check.startsWith(check.value)) &&
        (!verdict.value || row.dataset.verdict === verdict.value) && words.every((w) => all.includes(w));
      row.hidden = !keep;
      if (keep) n++;
    }
    shown.textContent = n + " of " + rows.length + " shown";
  }

  function reveal() {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (target.closest("tr[hidden]")) { form.reset(); filter(); }
    for (let e = target; e; e = e.parentElement) if (e.tagName === "DETAILS") e.open = true;
    const own = target.matches("tr") && target.querySelector("details");
    if (own) own.open = true;
    target.scrollIntoView();
  }

  form.hidden = false;
  form.addEventListener("submit", (e) => e.preventDefault());
  for (const f of fields) f.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  window.addEventListener("hashchange", reveal);
  filter();
  reveal();
})();
