// Money by year as bars, its running total as a line; for one or two years costs, benefits and net.

const LETTER = 6.4; // pixels, at the size of the chart's type

function drawChart(svg, { flow }) {
  const first = data.with_start ? 0 : 1;
  const course = years + 1 - first > 2;
  const total = (side) => flow[side].reduce((a, b) => a + b, 0);
  const labels = course ? data.heads : words.sides;
  const bars = course ? flow.net.slice(first) : ["costs", "benefits", "net"].map(total);
  const lines = course ? [data.base_total, flow.cumulative].map((line) => line.slice(first)) : [];
  const [width, height] = [Math.max(svg.parentNode.clientWidth, 240), 250];
  const [top, bottom, edge] = [26, 30, course ? Math.min(110, width * 0.22) : 0];
  const all = [0, ...bars, ...lines.flat()];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const y = (money) => top + ((high - money) / (high - low || 1)) * (height - top - bottom);
  const slot = (width - edge) / bars.length;
  const x = (place) => slot * (place + 0.5);
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("height", height);
  const draw = (tag, kind, given, text) => {
    const shape = document.createElementNS("http://www.w3.org/2000/svg", tag);
    shape.setAttribute("class", kind);
    for (const [name, value] of Object.entries(given)) shape.setAttribute(name, value);
    if (text !== undefined) shape.textContent = text;
    svg.append(shape);
  };
  const texts = bars.map(moneyShort);
  const room = (list) => slot > LETTER * Math.max(...list.map((text) => text.length)) + 4;
  const step = Math.max(1, Math.ceil((LETTER * Math.max(...labels.map((text) => text.length)) + 8) / slot));
  bars.forEach((money, place) => {
    const kind = money < 0 ? "loss" : !course && place === 1 ? "gain" : "bar";
    const size = { x: x(place) - slot * 0.27, width: slot * 0.54, y: y(Math.max(money, 0)), height: Math.abs(y(money) - y(0)) };
    draw("rect", kind, size);
    if (place % step === 0) draw("text", "head", { x: x(place), y: height - 8 }, labels[place]);
  });
  draw("line", "axis", { x1: 0, x2: width - edge, y1: y(0), y2: y(0) });
  lines.forEach((line, latest) => {
    const kind = latest ? "total" : "base";
    draw("polyline", kind, { points: line.map((money, place) => `${x(place)},${y(money)}`).join(" ") });
    if (latest) line.forEach((money, place) => draw("circle", "dot", { cx: x(place), cy: y(money), r: 3.5 }));
  });
  if (room(texts)) {
    bars.forEach((money, place) => {
      draw("text", "amount", { x: x(place), y: money < 0 && !course ? y(money) + 15 : y(Math.max(money, 0)) - 6 }, texts[place]);
    });
  }
  if (course) {
    const end = flow.cumulative[years];
    const at = Math.min(Math.max(y(end), top), height - bottom - 16);
    draw("text", "end", { x: width - edge - slot * 0.3, y: at }, moneyShort(end));
    draw("text", "end small", { x: width - edge - slot * 0.3, y: at + 15 }, words.in_total);
  }
  const told = bars.map((money, place) => `${labels[place]} ${texts[place]}`).join(", ");
  svg.setAttribute("aria-label", course ? `${words.by_year} ${told}. ${words.total_at_end} ${moneyShort(flow.cumulative[years])}.` : `${told}.`);
}
