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
  const needed = course ? 1.15 * wide([end, words.in_total]) + 10 : 0;
  const edge = Math.min(Math.max(0, (needed - width * free) / (1 - free)), width / 2);
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
    const [left, top] = [x(place) - slot * 0.27, y(Math.max(money, 0))];
    draw("rect", kind, { x: left, y: top, width: slot * 0.54, height: Math.abs(y(money) - y(0)) });
    if (place % step === 0) draw("text", "head", { x: x(place), y: height - 24 }, labels[place]);
    if (slot > wide(texts) + 6) draw("text", "", { x: x(place), y: height - 6 }, texts[place]);
  });
  draw("line", "axis", { x1: 0, x2: width - edge, y1: y(0), y2: y(0) });
  lines.forEach((line, latest) => {
    const points = line.map((money, place) => [x(place), y(money)]);
    draw("polyline", latest ? "total" : "base", { points: points.join(" ") });
    if (latest) points.forEach(([cx, cy]) => draw("circle", "dot", { cx, cy, r: 3.5 }));
  });
  const amounts = bars.map((_, place) => `${labels[place]} ${texts[place]}`).join(", ");
  const told = [filled(words.by_year, { amounts }), filled(words.total_at_end, { money: end })];
  svg.setAttribute("aria-label", course ? told.join(" ") : `${amounts}.`);
  if (!course) return;
  const beside = x(bars.length - 1) + slot * 0.27 + 8;
  const level = Math.min(y(flow.cumulative[years]), height - bottom - 16);
  draw("text", "end", { x: beside, y: level + 2 }, end);
  draw("text", "end small", { x: beside, y: level + 17 }, words.in_total);
}
