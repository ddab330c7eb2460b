// What the page can do beyond being read: sort, filter, show a mark's values, change between light and dark. Without it everything is there.
"use strict";

// A cell as a number, with its unit taken into account; null where it is text.
function number(text) {
  const found = /^[<≈]?\s*(-?[\d,]*\.?\d+(?:e-?\d+)?)\s*(KiB|MiB|GiB)?/.exec(text);
  if (!found) return null;
  const scale = { KiB: 1 / 1024, GiB: 1024 }[found[2]] || 1;
  return Number(found[1].replaceAll(",", "")) * scale;
}

const isEmpty = (text) => text === "" || text === "–" || text === "unknown" || text === "n/a";

function sortBy(table, column, descending) {
  const body = table.tBodies[0];
  const rows = [...body.rows].map((row) => ({ row, text: row.cells[column].textContent.trim() }));
  const filled = rows.filter(({ text }) => !isEmpty(text));
  const numeric = filled.every(({ text }) => number(text) !== null);
  const order = numeric
    ? (a, b) => number(a.text) - number(b.text)
    : (a, b) => a.text.localeCompare(b.text, "en", { numeric: true });
  filled.sort((a, b) => (descending ? order(b, a) : order(a, b)));
  // What has no value comes last, whichever way.
  body.append(...filled.map(({ row }) => row), ...rows.filter(({ text }) => isEmpty(text)).map(({ row }) => row));
  for (const [index, head] of [...table.tHead.rows[0].cells].entries()) {
    if (index === column) head.setAttribute("aria-sort", descending ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  }
}

function sortable(table) {
  if (table.tBodies[0].rows.length < 3) return;
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    if ("fixed" in head.dataset || head.textContent.trim() === "") return;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => sortBy(table, column, head.getAttribute("aria-sort") === "ascending"));
  });
}

function filterable(form, table) {
  const rows = [...table.tBodies[0].rows];
  const [text, count] = ["filter-text", "filter-count"].map((id) => document.getElementById(id));
  const choices = ["benchmark", "group", "verdict"]
    .map((name) => [name, document.getElementById(`filter-${name}`)])
    .filter(([, select]) => select);
  const apply = () => {
    const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const said = row.textContent.toLowerCase();
      const fits = words.every((word) => said.includes(word)) && choices.every(([name, select]) => !select.value || row.dataset[name] === select.value);
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    }
    count.value = shown === rows.length ? `${rows.length} rows` : `${shown} of ${rows.length} rows`;
  };
  form.addEventListener("input", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  apply();
}

// Values of marks: by the nearest mark under the pointer, and by arrow keys within a picture, which is one stop of the tab key.
const tip = document.getElementById("tip");
let current = null;

function show(mark) {
  if (mark === current) return;
  current?.classList.remove("shown");
  current = mark;
  tip.classList.toggle("on", Boolean(mark));
  if (!mark) return;
  mark.classList.add("shown");
  tip.textContent = mark.dataset.tip;
  place();
}

// Above its mark, wherever that has been scrolled to.
function place() {
  const box = current.getBoundingClientRect();
  const [x, y] = [box.left + box.width / 2, box.top];
  const own = tip.getBoundingClientRect();
  const left = Math.max(8, Math.min(x - own.width / 2, document.documentElement.clientWidth - own.width - 8));
  tip.style.transform = `translate(${left}px, ${y - own.height - 8 < 4 ? box.bottom + 8 : y - own.height - 8}px)`;
}

function nearest(marks, x, y) {
  const distance = (mark) => {
    const box = mark.getBoundingClientRect();
    return Math.hypot(Math.max(box.left - x, 0, x - box.right), Math.max(box.top - y, 0, y - box.bottom));
  };
  let [best, least] = [null, 14];
  for (const mark of marks) {
    const away = distance(mark);
    // A mark lies on its band: of what is under the pointer, the later and smaller one is meant.
    if (away < least || (away === 0 && least === 0)) [best, least] = [mark, away];
  }
  return best;
}

function pointable(svg) {
  const marks = [...svg.querySelectorAll("title")].map((title) => {
    const mark = title.parentElement;
    mark.dataset.tip = title.textContent;
    title.remove();
    return mark;
  });
  if (marks.length === 0) return;
  const solid = marks.filter((mark) => mark.localName !== "rect");
  const steps = solid.length > 0 ? solid : marks;
  svg.setAttribute("tabindex", "0");
  svg.setAttribute("role", "application");
  svg.setAttribute("aria-roledescription", "chart; arrow keys go from value to value");
  svg.addEventListener("pointermove", (event) => show(nearest(marks, event.clientX, event.clientY)));
  svg.addEventListener("pointerleave", () => show(null));
  svg.addEventListener("blur", () => show(null));
  svg.addEventListener("keydown", (event) => {
    const at = steps.indexOf(current);
    const to = {
      ArrowRight: Math.min(at + 1, steps.length - 1),
      ArrowDown: Math.min(at + 1, steps.length - 1),
      ArrowLeft: Math.max(at - 1, 0),
      ArrowUp: Math.max(at - 1, 0),
      Home: 0,
      End: steps.length - 1,
    }[event.key];
    if (event.key === "Escape") show(null);
    if (to === undefined) return;
    event.preventDefault();
    steps[to].scrollIntoView({ block: "nearest", inline: "nearest" });
    show(steps[to]);
  });
}

// Kept for the next page, where the browser lets a file keep anything.
function remembered(value) {
  try {
    if (value === undefined) return localStorage.getItem("surtax-theme");
    localStorage.setItem("surtax-theme", value);
  } catch {
    // Nothing is kept, and the system's choice stands next time.
  }
  return null;
}

function themed(button) {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  let chosen = remembered();
  const apply = () => {
    const dark = chosen ? chosen === "dark" : system.matches;
    root.style.colorScheme = chosen ?? "";
    button.textContent = dark ? "Light" : "Dark";
    button.setAttribute("aria-label", `Change to ${dark ? "light" : "dark"} colours`);
    return dark;
  };
  button.addEventListener("click", () => {
    chosen = apply() ? "light" : "dark";
    remembered(chosen);
    apply();
  });
  system.addEventListener("change", apply);
  button.hidden = false;
  apply();
}

document.querySelectorAll(".content table").forEach(sortable);
const filters = document.getElementById("filters");
if (filters) filterable(filters, document.getElementById("results-table"));
document.querySelectorAll(".plot svg").forEach(pointable);
themed(document.getElementById("theme"));
// Also when a box within the page scrolls.
addEventListener("scroll", () => current && place(), { passive: true, capture: true });
// On a narrow screen the list of contents would hide the report; on paper everything is unfolded, in light colours.
if (matchMedia("(max-width: 70rem)").matches) document.querySelector(".contents details").open = false;
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((details) => (details.open = true)));
