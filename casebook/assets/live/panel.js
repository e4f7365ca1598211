// The panel: each change of a slider or a number box computes the case anew. What a test or a curious reader
// may look at is `casebookLive.state()`.

const section = document.getElementById("cb-live");
const named = (name) => document.getElementById(`cb-live-${name}`);
const [status, problem, chart] = ["status", "problem", "chart"].map(named);
const values = { ...data.values };
let latest = { lines: [], figures: {} };
let telling;

const controls = data.controls.map((control, index) => {
  const [box, slider, wrong] = ["box", "slider", "wrong"].map((part) => named(`${index}-${part}`));
  return { ...control, box, slider, wrong, value: control.likely };
});

/** The value at a position of the slider: likely at 0, then step by step to the ends of its range. */
function valueAtPosition({ slider, likely, step, low, high }) {
  const position = Number(slider.value);
  if (position === 0) return likely;
  if (position <= Number(slider.min)) return low;
  if (position >= Number(slider.max)) return high;
  return Number((likely + position * step).toPrecision(12));
}

function take(control, value) {
  control.value = value;
  control.wrong.hidden = true;
  control.box.removeAttribute("aria-invalid");
  values[control.name] = control.by_year ? control.by_year.map((one) => one * value) : value;
  control.slider.setAttribute("aria-valuetext", WRITE[control.kind](value, true));
}

function slid(control) {
  take(control, valueAtPosition(control));
  control.box.value = boxText(control.value, control.kind);
}

function wrote(control) {
  const value = typed(control.box.value, control.kind);
  const [lowest, highest] = control.bounds;
  if (Number.isNaN(value) || (lowest !== null && value < lowest) || (highest !== null && value > highest)) {
    control.wrong.hidden = false;
    control.box.setAttribute("aria-invalid", "true");
    return;
  }
  take(control, value);
  // The slider stops at the end of its range where the value is beyond it.
  control.slider.value = Math.round((value - control.likely) / control.step);
}

function reset() {
  for (const control of controls) {
    control.slider.value = 0;
    slid(control);
  }
}

const kinds = Object.fromEntries(data.figures);

function figureText(name, short) {
  const figure = latest.figures[name];
  const kind = short && kinds[name] === "money" ? "moneyShort" : kinds[name];
  if (typeof figure === "number") return WRITE[kind](figure);
  const reason = figure.split(":")[0].trim();
  return reason[0].toUpperCase() + reason.slice(1);
}

function tableRows() {
  const { lines, flow, adjusted } = latest;
  const decimals = places([...flow.benefits, ...flow.costs]);
  const first = data.with_start ? 0 : 1;
  const row = (amounts) => [
    ...amounts.slice(first).map((money) => (money ? amount(money, decimals) : "–")),
    amount(presentValue(amounts), decimals),
  ];
  const flows = new Map(lines.map((line) => [line.id, line.flow]));
  return [
    ...data.flow_rows.map((ids) => row(sum(ids.map((id) => flows.get(id))))),
    row(flow.net),
    ...("risk_adjusted_net_present_value" in kinds ? [row(adjusted)] : []),
    flow.cumulative.slice(first).map((money) => amount(money, decimals)),
  ];
}

function fill(place, rows, before) {
  const { tBodies } = place.querySelector("table");
  rows.forEach((texts, index) => {
    const { cells } = tBodies[0].rows[index];
    texts.forEach((text, column) => (cells[before + column].textContent = text));
  });
}

function show() {
  const made = computed(values);
  problem.hidden = !made.problem;
  problem.textContent = made.problem ? `${words.no_figure} ${made.problem}` : "";
  section.classList.toggle("cb-live-stale", Boolean(made.problem));
  latest = made.problem ? { ...latest, ...made } : made;
  if (made.problem) return;
  for (const [index, tile] of section.querySelectorAll(".cb-value").entries()) {
    const name = data.tiles[index];
    tile.textContent = figureText(name, true);
    tile.classList.toggle("cb-live-loss", kinds[name] === "money" && latest.figures[name] < 0);
  }
  fill(named("figures"), data.figures.map(([name]) => [figureText(name)]), 1);
  const { figures, flow } = latest;
  const remarks = data.figures.map(([name]) => [
    data.labels[name],
    typeof figures[name] === "string" ? figures[name] : noteOn(name, flow.net),
  ]);
  const told = remarks.filter(([, remark]) => remark).map((one) => `${one.join(": ")}.`);
  named("reasons").textContent = told.join(" ");
  fill(named("flow"), tableRows(), 2);
  drawChart(chart, latest);
}

const summary = () => data.tiles.map((name) => `${data.labels[name]}: ${figureText(name, true)}.`).join(" ");

/** Tell a screen reader, once its reader has stopped. */
function tell(what) {
  clearTimeout(telling);
  telling = setTimeout(() => (status.textContent = problem.hidden ? what() : problem.textContent), 700);
}

function listen() {
  for (const control of controls) {
    const changed = (how) => () => {
      how(control);
      show();
      tell(control.wrong.hidden ? summary : () => control.wrong.textContent);
    };
    control.slider.addEventListener("input", changed(slid));
    control.box.addEventListener("input", changed(wrote));
    control.box.addEventListener("change", () => {
      if (control.wrong.hidden) control.box.value = boxText(control.value, control.kind);
    });
  }
  named("reset").addEventListener("click", () => {
    reset();
    show();
    tell(() => `${words.is_reset} ${summary()}`);
  });
  new ResizeObserver(() => latest.flow && drawChart(chart, latest)).observe(chart.parentNode);
}

/** The contents lead to the panel only where a script can run it. */
function listContents() {
  const next = `#${section.nextElementSibling?.id}`;
  const links = [...document.querySelectorAll("nav.contents a")];
  const link = links.find((one) => one.getAttribute("href") === next);
  if (!link) return;
  const entry = document.createElement("li");
  const own = entry.appendChild(document.createElement("a"));
  own.href = "#cb-live";
  own.textContent = named("title").textContent;
  link.parentNode.before(entry);
}

globalThis.casebookLive = Object.freeze({
  /** Inputs, lines, flows and figures as numbers; null where a figure does not exist, with its reason. */
  state() {
    const { lines, flow, figures, problem: why = null } = latest;
    const all = Object.entries(figures);
    const numbers = all.map(([name, figure]) => [name, typeof figure === "number" ? figure : null]);
    const reasons = all.filter(([, figure]) => typeof figure === "string");
    return structuredClone({
      inputs: values,
      lines: lines.map(({ id, flow: [start, ...annual] }) => ({ id, start, annual })),
      cash_flow: flow,
      result: { ...Object.fromEntries(numbers), reasons: Object.fromEntries(reasons) },
      problem: why,
    });
  },
});

section.hidden = false;
reset();
show();
listen();
listContents();
