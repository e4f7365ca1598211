// Figures as casebook.formatting prints them: rounded half-up on the digits that are shown for a number,
// set in the signs that come with the data. A decimal {minus, n, e} is ±n × 10^e, n a BigInt.

const { signs } = data;

function decimal(number) {
  const [, minus, whole, part = "", e = 0] = /^(-?)(\d+)\.?(\d*)(?:e(.+))?$/.exec(String(number));
  return { minus: Boolean(minus), n: BigInt(whole + part), e: Number(e) - part.length };
}

function rounded(d, places) {
  const drop = -places - d.e;
  const unit = 10n ** BigInt(Math.abs(drop));
  return { ...d, n: drop > 0 ? (2n * d.n + unit) / (2n * unit) : d.n * unit, e: -places };
}

const scaled = (d, power) => ({ ...d, e: d.e + power });
const adjusted = (d) => String(d.n).length - 1 + d.e;
const significant = (d, digits) => rounded(d, d.n ? Math.max(0, digits - 1 - adjusted(d)) : 0);
const decimals = (d) => (d.n ? Math.max(0, -d.e - /0*$/.exec(String(d.n))[0].length) : 0);
const atLeast = (d, power) => Boolean(d.n) && adjusted(d) >= power;

function digits(d, places) {
  const text = String(rounded(d, places).n).padStart(places + 1, "0");
  const [first, further] = signs.grouping;
  let rest = text.slice(0, text.length - places);
  let out = rest.slice(-first);
  for (rest = rest.slice(0, -first); rest; rest = rest.slice(0, -further)) {
    out = rest.slice(-further) + signs.group + out;
  }
  return places ? out + signs.decimal + text.slice(-places) : out;
}

const signed = (d, text) => (d.minus && d.n ? signs.minus + text : text);
const framed = (d, [before, after], text) => signed(d, before + text + after);

function shown(d, exact) {
  const figure = significant(d, exact ? 12 : 4);
  return exact || decimals(figure) <= 12 ? figure : rounded(d, 12);
}

function plain(d, exact) {
  const figure = shown(d, exact);
  return signed(figure, digits(figure, decimals(figure)));
}

const number = (value, exact) => plain(decimal(value), exact);

function perCent(d) {
  if (atLeast(d, 2)) return rounded(d, 0);
  const figure = atLeast(d, 0) ? rounded(d, 1) : significant(d, 2);
  if (atLeast(figure, 2)) return significant(d, 4);
  return decimals(figure) <= 12 ? figure : rounded(d, 12);
}

function share(value, exact) {
  const given = scaled(decimal(value), 2);
  const d = exact ? shown(given, true) : perCent(given);
  return framed(d, signs.share, digits(d, decimals(d)));
}

/** The amount of money and the number of its decimals. */
function moneyParts(value, exact) {
  const given = decimal(value);
  if (exact) {
    const d = significant(given, 12);
    return [d, decimals(d) ? Math.max(decimals(d), signs.precision) : 0];
  }
  const d = rounded(given, signs.precision);
  const places = atLeast(d, 3) || !decimals(d) ? 0 : signs.precision;
  return [rounded(given, places), places];
}

function money(value, exact) {
  const [d, places] = moneyParts(value, exact);
  return framed(d, signs.money, digits(d, places));
}

function moneyShort(value) {
  let d = decimal(value);
  if (!atLeast(rounded(d, 0), 6)) return money(value);
  let figure, size;
  for (let again = 0; again < 2; again++) {
    size = signs.sizes.findLast(({ from }) => atLeast(d, from)) ?? signs.sizes[0];
    figure = significant(scaled(d, -size.power), 3);
    d = scaled(figure, size.power);
  }
  const [before, after] = size.words[plural(figure)] ?? size.words.other;
  return framed(figure, signs.money, before + digits(figure, decimals(figure)) + after);
}

/** The plural form of a figure, by the locale's rules: `n`, `i`, `v`, `f` … are the operands of CLDR. */
function plural(d) {
  const v = decimals(d);
  const text = String(rounded(d, v).n).padStart(v + 1, "0");
  const [i, f] = [text.slice(0, text.length - v), text.slice(text.length - v)].map(Number);
  const operands = { n: Number(`${text}e-${v}`), i, v, w: v, f, t: f, c: 0, e: 0 };
  const read = (part) => (Array.isArray(part) ? read(part[1]) % part[2] : operands[part]);
  const holds = ([kind, a, b]) =>
    kind === "and" ? holds(a) && holds(b)
    : kind === "or" ? holds(a) || holds(b)
    : kind === "not" ? !holds(a)
    : Number.isInteger(read(a)) && b.some(([low, high]) => low <= read(a) && read(a) <= high);
  return signs.plurals.find(([, rule]) => holds(rule))?.[0] ?? "other";
}

function months(value) {
  return value > 0 && value < 1 ? signs.under_a_month : signs.months[Number(rounded(decimal(value), 0).n)];
}

/** The decimals of a table of amounts. */
function places(values) {
  const amounts = values.map((value) => rounded(decimal(value), signs.precision));
  return amounts.every((d) => !atLeast(d, 3)) && amounts.some((d) => decimals(d)) ? signs.precision : 0;
}

function amount(value, places) {
  const d = rounded(decimal(value), places);
  return signed(d, digits(d, places));
}

const WRITE = { money, moneyShort, share, number, months };

/** A value as it stands in a number box: without the sign of currency or per cent. */
function boxText(value, kind) {
  if (kind !== "money") return plain(scaled(decimal(value), kind === "share" ? 2 : 0), true);
  const [d, places] = moneyParts(value, true);
  return signed(d, digits(d, places));
}

// What is typed need not have the typographic spaces and signs that are printed.
const keyed = (text) => {
  const visible = text.replace(/[\u061c\u200e\u200f]/g, "");
  return visible.replace(/\s/g, " ").replace(/'/g, "\u2019").replace(/-/g, "\u2212");
};

/** The number that a reader typed, or NaN. Groups stand where the page sets them, or nowhere. */
function typed(text, kind) {
  let rest = keyed(text);
  for (const sign of [...signs.share, ...signs.money, "%"]) rest = rest.replace(keyed(sign).trim(), "");
  rest = rest.trim();
  const minus = rest.startsWith("\u2212");
  const [whole, part = "", ...more] = rest.slice(minus).trim().split(signs.decimal);
  const bare = whole.split(keyed(signs.group)).join("");
  if (more.length || !/^\d+$/.test(bare + part)) return NaN;
  if (whole !== bare && whole !== keyed(digits(decimal(bare), 0))) return NaN;
  const value = Number(`${bare || 0}.${part || 0}e${kind === "share" ? -2 : 0}`);
  return minus ? -value : value;
}
