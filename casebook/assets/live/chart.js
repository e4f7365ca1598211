// Money by year as bars, its running total as a line; for one or two years costs, benefits and net.

const LETTER = 6.4; // pixels, at the size of the chart's type

const wide = (texts) => LETTER * Math.max(...texts.map((text) => text.length));

function drawChart(svg, { flow }) {
  const first = data.with_start ? 0 : 1;
  const course = years + 1 - first > 2;
  const total = (side) => flow[side].reduce((a, b) => a + b, 0);
  const labels = course ? data.heads : words.sides;
  const bars = course ? flow.net.slice(first) : ["costs", "benefits", "net"].map(total);
  const lines = course ? [data.base_total, flow.cumulative].map((line) => line.slice(first)) : [];
  const texts = bars.map(moneyShort);
  const end = moneyShort(flow.cumulative[years]);
  const [width, height, top, bottom] = [Math.max(svg.parentNode.clientWidth, 240), 260, 14, 44];
  // The words at the end of the line stand beside the last bar, in what its slot leaves free and this edge.
  const free = 0.23 / bars.length;
  const edge = course ? Math.max(0, (1.15 * wide([end, words.in_total]) + 10 - width * free) / (1 - free)) : 0;
  const slot = (width - edge) / bars.length;
  const all = [0, ...bars, ...lines.flat()];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const x = (place) => slot * (place + 0.5);
  const y = (money) => top + ((high - money) / (high - low || 1)) * (height - top - bottom);
  const draw = (tag, kind, given, text = "") => {
    const shape = svg.appendChild(document.createElementNS("http://www.w3.org/2000/svg", tag));
    shape.setAttribute("class", kind);
    for (const [name, value] of Object.entries(given)) shape.setAttribute(name, value);
    shape.textContent = text;
  };
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("height", height);
  const step = Math.max(1, Math.ceil((wide(labels) + 8) / slot));
  bars.forEach((money, place) => {
    const kind = money < 0 ? "loss" : course ? "bar" : ["bar", "gain", "net"][place];
    const at = { x: x(place) - slot * 0.27, width: slot * 0.54, y: y(Math.max(money, 0)), height: Math.abs(y(money) - y(0)) };
    draw("rect", kind, at);
    if (place % step === 0) draw("text", "head", { x: x(place), y: height - 24 }, labels[place]);
    if (slot > wide(texts) + 6) draw("text", "", { x: x(place), y: height - 6 }, texts[place]);
  });
  draw("line", "axis", { x1: 0, x2: width - edge, y1: y(0), y2: y(0) });
  lines.forEach((line, latest) => {
    draw("polyline", latest ? "total" : "base", { points: line.map((money, place) => `${x(place)},${y(money)}`).join(" ") });
    if (latest) line.forEach((money, place) => draw("circle", "dot", { cx: x(place), cy: y(money), r: 3.5 }));
  });
  const told = `${bars.map((_, place) => `${labels[place]} ${texts[place]}`).join(", ")}.`;
  svg.setAttribute("aria-label", course ? `${words.by_year} ${told} ${words.total_at_end} ${end}.` : told);
  if (!course) return;
  const [from, at] = [x(bars.length - 1) + slot * 0.27 + 8, Math.min(y(flow.cumulative[years]), height - bottom - 16)];
  draw("text", "end", { x: from, y: at + 2 }, end);
  draw("text", "end small", { x: from, y: at + 17 }, words.in_total);
}
