// The case in numbers: casebook/model/evaluation.py, ledger.py and finance.py for one case at a time. A value
// is a list with one number a year; a flow has the start before it. A figure that does not exist is the text
// of its reason.

const { years, rate, words } = data;
const ROUNDINGS = 16 * Number.EPSILON;

const filled = (phrase, parts) => phrase.replace(/\{(\w+)\}/g, (_, part) => parts[part]);
const truth = (x) => x !== 0; // like NumPy, which takes NaN for true
const OPERATIONS = {
  or: (a, b) => +(truth(a) || truth(b)),
  and: (a, b) => +(truth(a) && truth(b)),
  "<": (a, b) => +(a < b),
  "<=": (a, b) => +(a <= b),
  ">": (a, b) => +(a > b),
  ">=": (a, b) => +(a >= b),
  "==": (a, b) => +(a === b),
  "!=": (a, b) => +(a !== b),
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  negative: (a) => -a,
  // 1 to any power is 1, and so is −1 to an infinite one; JavaScript says NaN.
  "**": (a, b) => (a === 1 || (a === -1 && Math.abs(b) === Infinity) ? 1 : a ** b),
  not: (a) => +!truth(a),
  abs: Math.abs,
  exp: Math.exp,
  log: Math.log,
  sqrt: Math.sqrt,
  floor: Math.floor,
  ceil: Math.ceil,
  minimum: Math.min,
  maximum: Math.max,
  where: (condition, yes, no) => (truth(condition) ? yes : no),
};

const byYear = (make) => Array.from({ length: years }, (_, year) => make(year));
const spread = (given) => (Array.isArray(given) ? given : byYear(() => given));
const minus = (a, b) => a.map((money, year) => difference(money, b[year]));
// What rounding alone leaves is zero.
const difference = (a, b) =>
  Math.abs(a - b) <= ROUNDINGS * Math.max(Math.abs(a), Math.abs(b)) ? 0 : a - b;
const sum = (flows) =>
  flows.reduce((total, flow) => total.map((money, year) => money + flow[year]), [0, ...spread(0)]);
const running = (flow) => flow.map(((total) => (money) => (total += money))(0));

/** Evaluate trees at `values` (by input name); steps are evaluated once. */
function evaluator(values) {
  const known = new Map();
  const value = (tree) => {
    if (Array.isArray(tree)) return operate(tree[0], tree.slice(1).map(value));
    if ("input" in tree) return spread(values[tree.input]);
    if ("number" in tree) return spread(tree.number);
    if ("year" in tree) return byYear((year) => year + 1);
    if (!known.has(tree.step)) known.set(tree.step, value(data.steps[tree.step]));
    return known.get(tree.step);
  };
  return value;
}

// What looks back along the years: the value of each from the one before.
const along = (first, later) => {
  let value = first;
  return byYear((year) => (year ? (value = later(value, year)) : first));
};
const cumulative = (flow, keep) => along(flow[0], (total, year) => keep[year] * total + flow[year]);
const ALONG_YEARS = {
  cumulative,
  cumulative_average: (inflow, keep) => cumulative(inflow, keep).map((total, year) => total - inflow[year] / 2),
  compound: (first, growth) => along(first[0], (value, year) => value * (1 + growth[year])),
  previous: (value, first) => byYear((year) => (year ? value[year - 1] : first[0])),
};

const operate = (name, operands) =>
  name in ALONG_YEARS
    ? ALONG_YEARS[name](...operands)
    : byYear((year) => OPERATIONS[name](...operands.map((operand) => operand[year])));

const presentValue = (flow) => flow.reduceRight((value, money) => value / (1 + rate) + money, 0);

function payback(flow) {
  let [balance, moved, last, missing] = [0, 0, -1, 0];
  flow.forEach((money, year) => {
    balance += money;
    moved += Math.abs(money);
    if (-balance > ROUNDINGS * moved) [last, missing] = [year, -balance];
  });
  if (last < 0) return words.no_risk;
  return last === years ? words.not_reached : 12 * (last + Math.min(1, missing / flow[last + 1]));
}

function internalRate(flow) {
  const rates = ratesOf(flow);
  if (!rates.length) return words.none;
  const shown = rates.map((one) => share(one)).join(words.and);
  if (rates.length > 1) return filled(words.several, { count: rates.length, rates: shown });
  const used = flow.filter((money) => money);
  const [first, last] = [used[0], used.at(-1)];
  if (first < 0 && last > 0) return rates[0];
  return filled(first > 0 && last < 0 ? words.borrowing : words.touching, { rate: shown });
}

/** The case at `values`: lines, flows and figures, or the name of the line that has no figure and why. */
function computed(values) {
  const value = evaluator(values);
  const lines = data.lines.map(({ id, name, side, start, annual, risk }) => ({
    id,
    name,
    side,
    flow: [start ? value(start)[0] : 0, ...(annual ? value(annual) : spread(0))],
    // The start has the risk of the first year.
    risk: ((shares) => [shares[0], ...shares])(value(risk)),
  }));
  for (const { name, side, flow } of lines) {
    if (!flow.every(Number.isFinite)) return { lines, problem: filled(words.infinite, { line: name }) };
    if (side === "cost" && Math.min(...flow) < 0) return { lines, problem: filled(words.negative, { line: name }) };
  }
  const of = (side, flow) => sum(lines.filter((line) => line.side === side).map(flow));
  const counted = ({ flow }) => flow;
  const lowered = ({ flow, risk }) => flow.map((money, year) => money - risk[year] * Math.abs(money));
  const raised = ({ flow, risk }) => flow.map((money, year) => money + risk[year] * Math.abs(money));
  const [benefits, costs] = [of("benefit", counted), of("cost", counted)];
  const figures = figuresOf(benefits, costs);
  if (!Number.isFinite(figures.net_present_value)) return { lines, problem: words.large };
  const [cautious, dearer] = [of("benefit", lowered), of("cost", raised)];
  figures.risk_adjusted_net_present_value = presentValue(cautious) - presentValue(dearer);
  const net = minus(benefits, costs);
  const flow = { benefits, costs, net, cumulative: running(net) };
  return { lines, flow, adjusted: minus(cautious, dearer), figures };
}

function figuresOf(benefits, costs) {
  const net = minus(benefits, costs);
  const [inward, outward] = [presentValue(benefits), presentValue(costs)];
  return {
    net_present_value: inward - outward,
    return_on_investment: outward > 0 ? (inward - outward) / outward : words.no_costs,
    payback_months: payback(net),
    internal_rate_of_return: internalRate(net),
    present_value_of_benefits: inward,
    present_value_of_costs: outward,
    benefit_cost_ratio: outward > 0 ? inward / outward : words.no_costs,
    discounted_payback_months: payback(net.map((money, year) => money / (1 + rate) ** year)),
  };
}
