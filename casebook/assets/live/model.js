// The case in numbers: casebook/formula/evaluation.py, casebook/case/ledger.py and finance.py for one case at a time. A value
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

const presentValue = (flow, growth = 1 + rate) => flow.reduceRight((value, money) => value / growth + money, 0);

/** The running total, in which what rounding alone leaves is zero. */
function balances(flow) {
  const moved = running(flow.map(Math.abs));
  return running(flow).map((total, year) => (Math.abs(total) <= ROUNDINGS * moved[year] ? 0 : total));
}

function payback(flow) {
  const balance = balances(flow);
  const last = balance.findLastIndex((total) => total < 0);
  if (last < 0) return words.no_risk;
  return last === years ? words.not_reached : 12 * (last + Math.min(1, -balance[last] / flow[last + 1]));
}

const signChanges = (flow) => {
  const signs = flow.filter((money) => money).map(Math.sign);
  return signs.filter((sign, i) => i && sign !== signs[i - 1]).length;
};

/** The only rate with 1 + rate above `least`: the logarithm of 1 + rate is halved, as in the model. */
function rateAbove(least, flow) {
  const used = flow.slice(flow.findIndex((money) => money));
  let growth = least * 2 ** 512;
  for (let power = 8; power >= -52; power--) {
    const less = growth / 2 ** (2 ** power);
    if (presentValue(used, less) * used[0] >= 0) growth = less;
  }
  return growth - 1;
}

function internalRate(flow) {
  const [count, balance] = [signChanges(flow), balances(flow)];
  if (!count) return words.no_rate;
  const isUnique = count === 1 || (signChanges(balance) === 1 && balance.at(-1));
  if (!isUnique) return filled(words.not_unique, { count });
  const found = rateAbove(count === 1 ? 2 ** -53 : 1, flow);
  return flow.find((money) => money) < 0 ? found : filled(words.borrowing, { rate: share(found) });
}

/** What a reader has to know beside a figure. */
function noteOn(name, net) {
  const count = name === "internal_rate_of_return" ? signChanges(net) : 0;
  return count > 1 ? filled(words.only_above_zero, { count }) : "";
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
