// Every rate above −1 at which flows are worth nothing: casebook/model/roots.py, which says why, on the same
// exact integers. A polynomial is a list of BigInts, lowest power first; a point [n, d] is n ÷ 2^d.

const ONE = [1n, 0n];
const size = (n) => (n < 0n ? -n : n);
const bits = (n) => BigInt(n ? n.toString(2).length : 0);
const power = (e) => (e < 0n ? [1n, -e] : [1n << e, 0n]);
const less = (a, b) => a[0] << b[1] < b[0] << a[1];
const larger = (a, b) => (a > b ? a : b);

function mean(a, b) {
  const d = larger(a[1], b[1]);
  return [(a[0] << (d - a[1])) + (b[0] << (d - b[1])), d + 1n];
}

function ratesOf(flow) {
  const rates = positiveRoots(integers(flow)).map(([n, d]) => ratio((1n << d) - n, n));
  return rates.reverse().map((one) => Math.max(one, -1 + Number.EPSILON / 2));
}

/** The float next to a ÷ b, for b above 0. */
function ratio(a, b) {
  const shift = larger(70n + bits(b) - bits(size(a)), 0n);
  const scaled = size(a) << shift;
  const rest = scaled % b ? 1n : 0n; // what is cut off decides a tie
  return Number(signOf(a)) * Number((scaled / b) | rest) * 2 ** -Number(shift);
}

function integers(flow) {
  const least = Math.max(...flow.map(Math.abs)) * 2 ** -1000;
  const view = new DataView(new ArrayBuffer(8));
  const parts = flow.map((money) => {
    view.setFloat64(0, Math.abs(money) < least ? 0 : money);
    const word = view.getBigUint64(0);
    const exponent = (word >> 52n) & 0x7ffn;
    const whole = (word & ((1n << 52n) - 1n)) + (exponent ? 1n << 52n : 0n);
    return [word >> 63n ? -whole : whole, exponent || 1n];
  });
  const lowest = parts.reduce((least, [n, e]) => (n && e < least ? e : least), 2047n);
  return trimmed(parts.map(([n, e]) => (n ? n << (e - lowest) : 0n)));
}

function trimmed(p) {
  const used = p.flatMap((c, i) => (c ? [i] : []));
  return used.length ? p.slice(used[0], used.at(-1) + 1) : [];
}

function variations(p) {
  const signs = p.filter((c) => c).map((c) => c > 0n);
  return signs.filter((positive, i) => i && positive !== signs[i - 1]).length;
}

/** The power of two above every root. */
const bound = (p) => bits(1n + p.map(size).reduce(larger) / size(p.at(-1)));

function valueAt(p, [n, d]) {
  let [total, shift] = [0n, 0n];
  for (let i = p.length - 1; i >= 0; i--, shift += d) total = total * n + (p[i] << shift);
  return total;
}

const signOf = (n) => (n > 0n) - (n < 0n);
const sign = (p, x) => signOf(valueAt(p, x));

function noisySign(p, x) {
  const value = valueAt(p, x);
  return size(value) << 49n <= valueAt(p.map(size), x) ? 0 : signOf(value); // 16 ÷ 2^53 of its terms
}

function positiveRoots(p) {
  if (!variations(p)) return [];
  const [low, high] = [power(-bound([...p].reverse())), power(bound(p))];
  const turns = variations(p) > 1 ? turningPoints(p) : [];
  const inner = turns.filter((x) => less(low, x) && less(x, high));
  const stops = [low, ...inner, high];
  const signs = [sign(p, low), ...inner.map((x) => noisySign(p, x)), sign(p, high)];
  const roots = [];
  let touching = false;
  for (let i = 1; i < stops.length; i++) {
    if (signs[i] === 0 && !touching) roots.push(stops[i]);
    if (signs[i] * signs[i - 1] < 0) roots.push(bisect(p, stops[i - 1], stops[i]));
    touching = signs[i] === 0;
  }
  return roots;
}

function bisect(p, low, high) {
  const top = sign(p, high);
  const wide = () => ((high[0] << low[1]) - (low[0] << high[1])) << 72n > low[0] << high[1];
  let middle = less(low, ONE) && less(ONE, high) ? ONE : mean(low, high);
  while (wide()) {
    const here = sign(p, middle);
    if (here === 0) break;
    if (here === top) high = middle;
    else low = middle;
    middle = less([low[0] << 2n, low[1]], high) ? between(low, high) : mean(low, high);
  }
  return middle;
}

function between(low, high) {
  const exponents = [low, high].map(([n, d]) => bits(n) - d - 1n);
  const middle = power((exponents[0] + exponents[1]) >> 1n);
  return less(low, middle) && less(middle, high) ? middle : mean(low, high);
}

function turningPoints(p) {
  const slope = trimmed(p.map((c, i) => c * BigInt(i)).slice(1));
  if (!variations(slope)) return [];
  const reach = bound(slope);
  const points = [];
  const waiting = [[slope.map((c, i) => c << (reach * BigInt(i))), 0n, 0n]];
  while (waiting.length) {
    const [q, start, depth] = waiting.pop();
    const found = variations(shifted([...q].reverse()));
    if (!found) continue;
    const [low, high] = [[start << reach, depth], [(start + 1n) << reach, depth]];
    if (found === 1 && start && sign(slope, low) * sign(slope, high) < 0) {
      points.push(bisect(slope, low, high));
    } else if (bits(start) > 40n) {
      points.push(mean(low, high));
    } else {
      const left = q.map((c, i) => c << BigInt(q.length - 1 - i));
      const right = shifted(left);
      if (!right[0]) points.push(mean(low, high));
      waiting.push([left, 2n * start, depth + 1n], [right, 2n * start + 1n, depth + 1n]);
    }
  }
  points.sort((a, b) => less(b, a) - less(a, b));
  return points.filter((x, i) => !i || less(points[i - 1], x));
}

/** p(x + 1). */
function shifted(p) {
  const out = [...p];
  for (let stop = 0; stop < out.length - 1; stop++) {
    for (let i = out.length - 2; i >= stop; i--) out[i] += out[i + 1];
  }
  return out;
}
