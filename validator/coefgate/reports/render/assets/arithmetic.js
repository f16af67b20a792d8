// The arithmetic of the live what-if: what `coefgate try` would work out, in exact integers.
//
// One classic script without any DOM; it defines the global `coefgate`. Its data is what
// coefgate.whatif.live_data makes. Each part names the module that it mirrors: change both, the
// tests in tests/browser hold them against each other.
//
//   coefgate.load(data) → model
//   model.keys                        the numbers: name, part, of, steps, ends, steps_in_one
//   model.steps({name: steps, …})     the numbers of all keys in their smallest steps, these moved
//   model.limits(name, steps)         [lowest, highest] that one may be while the others stay
//   model.predict(steps)              tokens of each call
//   model.measure(tokens, dimension)  figures, the four rules, and rows of a dimension of strata
//   model.green(name, steps, {budget})  works for `budget` ms at each next(); at last ranges
//   model.estimate(call, steps)       one call with these numbers
//   model.command(steps)              `coefgate try docs.low=1800 --write`, null without a change
//   coefgate.estimate(snapshot, call) one call
//
// Steps are whole tokens, or thousandths of a factor. A figure is {n, d}, a fraction of BigInts.
// Tokens are a Float64Array; one number above 2^53 makes them an array with BigInts in it.
"use strict";

globalThis.coefgate = (() => {
  const SAFE = Number.MAX_SAFE_INTEGER;
  const MILLION = 1000000;
  const KILOBYTE = 1024;
  const DECIDED_IN_FLOATS = 2 ** 25; // below it quotients of different fractions differ

  // --- Whole numbers and fractions

  const plain = (whole) => (whole <= SAFE ? Number(whole) : whole);

  /** floor(a × b ÷ d), exact; `up`: rounded up. None is negative. */
  function scaled(a, b, d, up) {
    const product = typeof a === "bigint" ? SAFE + 1 : a * b;
    if (product <= SAFE) {
      const rest = product % d;
      return (product - rest) / d + (up && rest ? 1 : 0);
    }
    const exact = BigInt(a) * BigInt(b);
    const by = BigInt(d);
    return plain(up ? (exact + by - 1n) / by : exact / by);
  }

  const fraction = (n, d) => ({ n: BigInt(n), d: BigInt(d) });
  const side = (a, b) => {
    const left = a.n * b.d;
    const right = b.n * a.d;
    return left < right ? -1 : left > right ? 1 : 0;
  };

  /** A fraction as a float, for drawing. */
  function number({ n, d }) {
    const shift = BigInt(Math.max(0, d.toString(2).length - 900));
    return Number(n >> shift) / Number(d >> shift);
  }

  // --- Predictions: replay/counts.py, whatif/candidates.py

  /** The dearest of some prices, each a sum of numbers so many times. */
  const dearest = (prices, steps) =>
    Math.max(...prices.map((sum) => sum.reduce((all, [key, times]) => all + steps[key] * times, 0)));

  function baseParts(shape, overhead, prices) {
    let base = overhead;
    for (let at = 2; at < shape.length; at += 2) base += prices[shape[at]] * shape[at + 1];
    if (base <= SAFE) return base;
    let exact = BigInt(overhead);
    for (let at = 2; at < shape.length; at += 2) {
      exact += BigInt(prices[shape[at]]) * BigInt(shape[at + 1]);
    }
    return exact;
  }

  function predict({ data }, steps) {
    const prices = data.columns.map((column) => dearest(column, steps));
    const overheads = data.overheads.map((cell) => dearest(cell, steps));
    const factor = (key) => (key < 0 ? 1000 : steps[key]);
    const margins = data.margins.map(factor);
    const rules = data.rules.map(factor);
    const ofShape = data.calls.shapes.map((shape) =>
      scaled(
        baseParts(shape, overheads[shape[0]], prices),
        margins[shape[0]] * rules[shape[1]],
        MILLION * KILOBYTE,
        true,
      ),
    );
    const isLarge = ofShape.some((tokens) => typeof tokens === "bigint");
    const tokens = new (isLarge ? Array : Float64Array)(data.calls.shape.length);
    for (let call = 0; call < tokens.length; call += 1) {
      tokens[call] = ofShape[data.calls.shape[call]];
    }
    for (const [call, wrote, cutOff] of data.calls.attempts) {
      const alone = afterAttempt(wrote, cutOff, data.retry.map(factor));
      if (!cutOff || tokens[call] < alone) tokens[call] = alone;
    }
    return tokens;
  }

  /** What an attempt asks for; one that was cut off needed more than it wrote. */
  function afterAttempt(wrote, cutOff, [afterComplete, afterCutOff]) {
    const needed = scaled(wrote, cutOff ? afterCutOff : afterComplete, 1000, true);
    return cutOff ? Math.max(needed, wrote + 1) : needed;
  }

  // --- Figures: replay/metrics.py

  /** SMAPE in millionths of a percent, half up. */
  function smape(predicted, actual) {
    if (typeof predicted === "number") {
      const total = predicted + actual;
      const part = 400 * MILLION * Math.abs(predicted - actual) + total;
      if (part <= SAFE) return (part - (part % (2 * total))) / (2 * total);
    }
    const [p, a] = [BigInt(predicted), BigInt(actual)];
    const part = 400000000n * (p < a ? a - p : p - a) + p + a;
    return Number(part / (2n * (p + a)));
  }

  function smapes(predicted, actual) {
    const found = new Float64Array(actual.length);
    for (let at = 0; at < found.length; at += 1) found[at] = smape(predicted[at], actual[at]);
    return found;
  }

  function sum(column) {
    let all = 0;
    for (let at = 0; at < column.length; at += 1) all += column[at];
    return all;
  }

  const middleRanks = (count) => [(count - 1) >> 1, count >> 1];
  const rank = (count, n, d) => Math.max(0, Math.ceil((count * n) / d) - 1);

  /** Are quotients of different fractions different floats? */
  function tellsApart(over, under) {
    let most = 0;
    for (let at = 0; at < over.length; at += 1) {
      if (over[at] > most) most = over[at];
      if (under[at] > most) most = under[at];
    }
    return most < DECIDED_IN_FLOATS;
  }

  /** Where nothing is below the line, not even 0 is covered. */
  function quotients(over, under) {
    const found = new Float64Array(over.length);
    for (let at = 0; at < found.length; at += 1) {
      found[at] = under[at] ? Number(over[at]) / Number(under[at]) : Infinity;
    }
    return found;
  }

  const byFraction = (over, under) => (a, b) => {
    const left = BigInt(over[a]) * BigInt(under[b]);
    const right = BigInt(over[b]) * BigInt(under[a]);
    return left < right ? -1 : left > right ? 1 : 0;
  };

  /** `over ÷ under` at each rank of the sorted ratios, exactly. */
  function ratiosAt(over, under, ranks) {
    const ratios = quotients(over, under);
    const sorted = ratios.slice().sort();
    const isExact = tellsApart(over, under);
    return ranks.map((wanted) => {
      const value = sorted[wanted];
      let found = ratios.indexOf(value);
      if (!isExact) {
        // Larger fractions are never smaller floats, so only equal floats are left to order.
        const equal = [];
        for (let at = 0; at < ratios.length; at += 1) if (ratios[at] === value) equal.push(at);
        found = equal.sort(byFraction(over, under))[wanted - sorted.indexOf(value)];
      }
      return fraction(over[found], under[found]);
    });
  }

  const mean = (a, b) => fraction(a.n * b.d + b.n * a.d, 2n * a.d * b.d);

  /** Two columns, of some calls each; BigInts stand in no typed array. */
  const pairs = (tokens, most) => ({
    predicted: new tokens.constructor(most),
    actual: new Float64Array(most),
    count: 0,
  });
  const put = (into, predicted, actual) => {
    into.predicted[into.count] = predicted;
    into.actual[into.count] = actual;
    into.count += 1;
  };
  const filled = ({ predicted, actual, count }) => ({
    predicted: predicted.slice(0, count),
    actual: actual.slice(0, count),
  });

  /** The calls at `rows` as columns, with predictions. */
  function columns({ actual, cutOff, phase }, tokens, rows) {
    const [complete, covered, undecided] = [1, 2, 3].map(() => pairs(tokens, rows.length));
    const phases = new Set();
    let misses = 0;
    for (const at of rows) {
      const [p, a, cut] = [tokens[at], actual[at], cutOff[at]];
      phases.add(phase[at]);
      if (!cut) put(complete, p, a);
      if (a + cut > p) misses += 1; // it needs one token more
      else put(cut ? undecided : covered, p, a);
    }
    return {
      ...filled(complete),
      covered: filled(covered),
      undecided: filled(undecided),
      misses,
      phases: phases.size,
    };
  }

  /** The figures of the calls at `rows`; null where none is complete. */
  function figures(model, tokens, rows) {
    const calls = columns(model, tokens, rows);
    const count = calls.predicted.length;
    const everyone = rows.length;
    const counted = {
      samples: count,
      censored: everyone - count,
      phases: calls.phases,
      misses: calls.misses,
      undecided: calls.undecided.predicted.length,
    };
    if (!count) return { ...counted, figures: null };
    const errors = smapes(calls.predicted, calls.actual);
    const total = sum(errors);
    errors.sort();
    const [low, high] = middleRanks(count);
    const p90 = rank(count, 9, 10);
    const [first, second, p75, tail] = ratiosAt(calls.predicted, calls.actual, [
      low,
      high,
      rank(count, 3, 4),
      p90,
    ]);
    const { misses, undecided } = counted;
    return {
      ...counted,
      figures: {
        smape_mean: fraction(total, count * MILLION),
        smape_median: fraction(errors[low] + errors[high], 2 * MILLION),
        smape_p90: fraction(errors[p90], MILLION),
        underestimation_kaplan_meier: underestimation(everyone, calls),
        underestimation_rate: fraction(misses, everyone),
        underestimation_upper: fraction(misses + undecided, everyone),
        waste_median: mean(first, second),
        waste_p75: p75,
        waste_p90: tail,
      },
    };
  }

  // --- Kaplan–Meier: replay/kaplan_meier.py

  const EXACT_UP_TO = 50;
  const BITS = 128n;
  const STEPS_IN_ONE = 10n ** 12n;

  function underestimation(everyone, { misses, covered, undecided }) {
    if (!undecided.actual.length) return fraction(misses, everyone);
    return exceedance(everyone, everyone - misses, undecidedPlaces(covered, undecided));
  }

  /** The share of so many calls that needs more; `leaves`: places of those that were cut off. */
  function exceedance(calls, covered, leaves) {
    const atRisk = leaves.map((at) => BigInt(calls - at));
    let left = BigInt(calls - covered);
    if (!left && atRisk.length && atRisk[atRisk.length - 1] === 1n) {
      atRisk.pop(); // nothing is known beyond the last one
      left = 1n;
    }
    if (leaves.length <= EXACT_UP_TO) {
      let [n, d] = [left, BigInt(calls)];
      for (const one of atRisk) {
        n *= one;
        d *= one - 1n;
      }
      return { n, d };
    }
    const up = (n, d) => (n + d - 1n) / d;
    let share = up(left << BITS, BigInt(calls));
    for (const one of atRisk) share = up(share * one, one - 1n);
    return { n: (2n * share * STEPS_IN_ONE + (1n << BITS)) >> (BITS + 1n), d: STEPS_IN_ONE };
  }

  /** Where the cut-off calls stand among the covered ones by actual ÷ predicted, from 0. */
  function undecidedPlaces(covered, undecided) {
    const isExact =
      tellsApart(covered.actual, covered.predicted) &&
      tellsApart(undecided.actual, undecided.predicted);
    if (!isExact) return exactPlaces(covered, undecided);
    const complete = quotients(covered.actual, covered.predicted).sort();
    const cutOff = quotients(undecided.actual, undecided.predicted).sort();
    return Array.from(cutOff, (ratio, at) => upTo(complete, ratio) + at);
  }

  function exactPlaces(covered, undecided) {
    const actual = [...covered.actual, ...undecided.actual];
    const predicted = [...covered.predicted, ...undecided.predicted];
    const order = [...actual.keys()].sort(byFraction(actual, predicted)); // stable
    const first = covered.actual.length;
    return [...order.keys()].filter((place) => order[place] >= first);
  }

  /** How many of `sorted` are at most `value`; `below`: less. */
  function upTo(sorted, value, below = false) {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < value || (!below && sorted[middle] === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  // --- Spread: replay/spread.py; floats, so its last digits may differ from numpy's

  const SHARE = 0.9;

  function spread({ actual, cutOff }, tokens) {
    const everyone = actual.length;
    const [complete, cut] = [new Float64Array(everyone), new Float64Array(everyone)];
    let [completes, cuts] = [0, 0];
    for (let at = 0; at < everyone; at += 1) {
      const predicted = Math.max(Number(tokens[at]), 1);
      const residual = Math.log(Math.max(actual[at], 1)) - Math.log(predicted);
      if (cutOff[at]) cut[cuts++] = residual;
      else complete[completes++] = residual;
    }
    if (!completes) return null;
    const [some, others] = [complete.slice(0, completes).sort(), cut.slice(0, cuts).sort()];
    const shift = bestShift(some, others);
    let total = 0;
    for (const one of some) total += Math.max(SHARE * (one - shift), (SHARE - 1) * (one - shift));
    for (const one of others) total += Math.max(SHARE * (one - shift), 0);
    return Math.round((total / everyone) * 1e6) / 1e6;
  }

  /** The residual from which on no larger shift costs less: complete ones and cut-off ones rise. */
  function bestShift(complete, cutOff) {
    const everyone = complete.length + cutOff.length;
    let [below, passed] = [0, 0];
    while (below + passed < everyone) {
      const isComplete = !(cutOff[passed] < complete[below]) && below < complete.length;
      const residual = isComplete ? complete[below++] : cutOff[passed++];
      const above = everyone - below - passed;
      if ((1 - SHARE) * below - SHARE * above >= -1e-9) return residual;
    }
    return 0;
  }

  // --- Rules: gates/metric_rules.py, replay/figure_text.py

  /** Status of one rule, and what it says in figures; `measured` may be null. */
  function judged(limit, { figures: measured, samples, censored }, mostCutOff) {
    const { rule, bounds } = limit;
    const none = { figure: null, ends: null, between: null, value: null };
    const said = { rule, limit: limit.limit, text: "n/a", told: "n/a", ...none };
    if (!measured) return { ...said, status: "not-measurable" };
    const [figure, low = figure, high = figure] = limit.figures.map((name) => measured[name]);
    const least = bounds[0];
    const most = bounds[bounds.length - 1];
    const misses = (one) => isBeyond(limit, one);
    let status = "pass";
    if (misses(low)) status = "fail";
    else if (misses(high) && isOver(censored, samples + censored, mostCutOff)) {
      status = "not-measurable";
    } else if (misses(figure)) status = "fail";
    else if (bounds.length > 1 && side(low, least) < 0) status = "fail";
    const [told, from, to] = [figure, low, high].map((one) => written(one, limit, bounds));
    const between = from === to ? null : [from, to];
    const text = between ? `${told} (${from}–${to})` : told;
    const ends = limit.figures.length > 1 ? [low, high] : null;
    return { ...said, status, figure, ends, text, told, between, value: number(figure) };
  }

  /** Is a figure beyond the highest bound, or on it where that misses? */
  const isBeyond = ({ bounds, misses_on_equality: onEquality }, figure) =>
    side(figure, bounds[bounds.length - 1]) > (onEquality ? -1 : 0);

  const isOver = (part, all, [n, d]) => part * d > n * all;

  /** In units of the last decimal, half up. */
  function stepsOf({ n, d }, times, decimals) {
    const scale = 2n * BigInt(times) * 10n ** BigInt(decimals);
    return (n * scale + d) / (2n * d);
  }

  /** A figure with as many decimals as tell it from its limits. */
  function written(value, { decimals: fewest, times, unit }, bounds) {
    let decimals = fewest;
    const isApart = (limit) => {
      const steps = stepsOf(value, times, decimals);
      const exact = fraction(limit.n * BigInt(times) * 10n ** BigInt(decimals), limit.d);
      const found = side(value, limit);
      const asWritten = fraction(steps, 1);
      return (
        found === side(asWritten, exact) &&
        found === side(asWritten, fraction(stepsOf(limit, times, decimals), 1))
      );
    };
    while (decimals < 15 && !bounds.every(isApart)) decimals += 1;
    const digits = stepsOf(value, times, decimals).toString().padStart(decimals + 1, "0");
    const whole = digits.slice(0, digits.length - decimals);
    return `${whole}${decimals ? "." : ""}${digits.slice(whole.length)}${unit}`;
  }

  function measure(model, tokens, dimension = null) {
    const everyone = model.everyone;
    const found = figures(model, tokens, everyone);
    return {
      ...found,
      rules: model.limits.map((one) => judged(one, found, model.data.most_cut_off)),
      spread: spread(model, tokens),
      strata: dimension === null ? [] : strata(model, tokens, dimension),
    };
  }

  /** The figures of each slice of the calls. */
  function strata(model, tokens, dimension) {
    const { dimensions, labels, combinations, combination } = model.data.strata;
    const at = dimensions.indexOf(dimension);
    const rows = labels[at].map(() => []);
    combination.forEach((one, call) => rows[combinations[one][at]].push(call));
    return labels[at].map((label, place) => ({
      label,
      ...figures(model, tokens, rows[place]),
    }));
  }

  // --- One call: core/estimate.py, core/table.py, core/deliverable_costs.py, core/retry.py

  const expressions = new Map();

  function matches(source, text) {
    if (!expressions.has(source)) expressions.set(source, new RegExp(source, "su"));
    return expressions.get(source).test(text);
  }

  const own = (entries, name) =>
    entries && typeof name === "string" && Object.hasOwn(entries, name) ? entries[name] : null;

  function kindOf({ file_kinds: { rules, default: other } }, path) {
    const rule = rules.find(({ paths }) => matches(paths, path));
    return rule ? rule.kind : other;
  }

  /** The factor of a model, in thousandths; and has it one of its own? */
  function modelFactor({ model_factors: factors }, model) {
    if (!factors) return [1000, true];
    const { rules, default: other } = factors;
    const named = rules.find((rule) => model !== null && rule.models.some((one) => matches(one, model)));
    return [named ? named.factor : other, Boolean(named) || !rules.length || model === null];
  }

  const dearer = (costs) => costs.reduce((a, b) => (b.tokens > a.tokens ? b : a));

  function canonical({ categories }, label) {
    let found = null;
    for (const [name, { aliases }] of Object.entries(categories)) {
      if (label === name || aliases.includes(label)) found = name;
    }
    return found;
  }

  /** What one file costs; `parts`: what its size adds, in 1/1024 of a token. */
  function fileCost(snapshot, { path, operation: asked, bytes_before: given = null }, mode) {
    if (given !== null && !(Number.isSafeInteger(given) && given >= 0)) {
      throw new RangeError(`the size of ${path} is ${given}; it is a whole number from 0`);
    }
    const tells = snapshot.semantics > 1 && given !== null;
    const operation = asked === "unknown" && tells ? "modify" : asked;
    const kind = kindOf(snapshot, path);
    const { create, modify } = snapshot.marginal_costs;
    const sized = own(snapshot.per_kilobyte, kind);
    let cost = { create, modify }[operation]?.[kind] ?? dearer([create[kind], modify[kind]]);
    let [parts, bytes] = [0n, 0];
    if (sized && mode !== null && sized.output_modes.includes(mode) && operation !== "create") {
      const most = BigInt(modify[kind].tokens * KILOBYTE) + BigInt(sized.tokens * sized.assumed);
      if (operation === "modify" || most > BigInt(create[kind].tokens * KILOBYTE)) {
        cost = modify[kind];
        bytes = given === null ? sized.assumed : Math.min(given, sized.up_to);
        parts = BigInt(sized.tokens) * BigInt(bytes);
      }
    }
    const file = { path, operation, kind, tokens: cost.tokens, size_bytes: bytes };
    return {
      file: { ...file, size_tokens: Number(parts) / KILOBYTE },
      base: BigInt(cost.tokens * KILOBYTE) + parts,
      measured: (cost.measured ? BigInt(cost.tokens * KILOBYTE) : 0n) + (sized?.measured ? parts : 0n),
    };
  }

  const shareOf = (measured, base, overhead) =>
    base ? Number((measured * 100n) / base) / 100 : Number(overhead.measured);

  function estimate(snapshot, asked) {
    const call = { category: null, complexity: null, model: null, output_mode: null, ...asked };
    const { model, complexity } = call;
    const applies = model === null || snapshot.applies_to.some((one) => matches(one, model));
    const { stated, all, cells } = snapshot.uncertainties;
    if (!call.deliverables.length) {
      const found = withoutDeliverables(snapshot, complexity, applies);
      return finished(snapshot, call, found, stated[all]);
    }
    const name = canonical(snapshot, call.category);
    const declared = applies && name !== null ? own(snapshot.categories[name].overhead, complexity) : null;
    const margins = snapshot.safety_margins;
    const margin = (declared && own(own(margins.cells, name), complexity)) ?? margins.default;
    const overhead = declared ?? snapshot.fallback.overhead;
    const mode = call.output_mode ?? snapshot.output_mode ?? null;
    const costs = call.deliverables.map((one) => fileCost(snapshot, one, mode));
    const sum = (first, of) => costs.reduce((total, one) => total + of(one), first);
    const inParts = BigInt(overhead.tokens * KILOBYTE);
    const base = sum(inParts, (one) => one.base);
    const measured = sum(overhead.measured ? inParts : 0n, (one) => one.measured);
    const [factor, named] = modelFactor(snapshot, model);
    let basis = name === call.category ? "exact" : "alias";
    if (!declared || !named) basis = "fallback";
    const found = {
      tokens: scaled(base, margin * factor, MILLION * KILOBYTE, true),
      share_measured: basis === "fallback" ? 0 : shareOf(measured, base, overhead),
      basis,
      breakdown: {
        overhead: overhead.tokens,
        deliverables: costs.map((one) => one.file),
        margin: margin / 1000,
        model_factor: factor / 1000,
        retry: null,
      },
    };
    return finished(snapshot, call, found, stated[declared ? cells[name][complexity] : all]);
  }

  function withoutDeliverables({ no_deliverables: costs }, complexity, applies) {
    const declared = own(costs, complexity);
    const cost = declared ?? dearer(Object.values(costs));
    const isKnown = declared !== null && applies;
    return {
      tokens: cost.tokens,
      share_measured: isKnown ? Number(cost.measured) : 0,
      basis: isKnown ? "no-deliverables" : "fallback",
      breakdown: { overhead: cost.tokens, deliverables: [], margin: 1, model_factor: 1, retry: null },
    };
  }

  /** With the attempt before, the interval and the quantiles. */
  function finished({ retry: factors }, { previous = null }, formula, uncertainty) {
    let found = formula;
    let least = 0;
    if (previous !== null && factors) {
      const { output_tokens: wrote, truncated } = previous;
      if (!(Number.isInteger(wrote) && wrote >= 1 && wrote <= MILLION)) {
        throw new RangeError(`the previous attempt wrote ${wrote} tokens; they are from 1 to 1,000,000`);
      }
      const { factor, measured } = factors[truncated ? "after_cut_off" : "after_complete"];
      const alone = afterAttempt(wrote, truncated, [factor, factor]);
      const retry = { output_tokens: wrote, truncated, factor: factor / 1000 };
      found = {
        tokens: truncated && alone < formula.tokens ? formula.tokens : alone,
        share_measured: Number(measured),
        basis: "retry",
        breakdown: { ...formula.breakdown, retry },
      };
      if (truncated) least = wrote + 1;
    }
    const from = (tokens) => (tokens > least ? tokens : least);
    const { low, high, coverage, quantiles } = uncertainty;
    return {
      ...found,
      interval: {
        low: from(scaled(found.tokens, low, 1000, false)),
        high: from(scaled(found.tokens, high, 1000, true)),
        coverage,
      },
      quantiles: quantiles.map(([share, factor]) => ({
        share: share / 1000,
        factor: factor / 1000,
        tokens: from(scaled(found.tokens, factor, 1000, true)),
      })),
    };
  }

  /** The snapshot with other numbers in their places. */
  function withSteps({ data, keys }, steps) {
    const snapshot = structuredClone(data.snapshot);
    keys.forEach(({ place }, at) => {
      const last = place.length - 1;
      const holder = place.slice(0, last).reduce((inside, name) => inside[name], snapshot);
      holder[place[last]] = steps[at];
    });
    return snapshot;
  }

  // --- Commands: use_cases/try_numbers.py, registry/numbers.py

  /** A number as it is written in YAML: 1800, 1.25. */
  function numberText(steps, stepsInOne) {
    if (stepsInOne === 1 || steps % stepsInOne === 0) return `${steps / stepsInOne}`;
    const digits = `${steps}`.padStart(4, "0");
    return `${digits.slice(0, -3)}.${digits.slice(-3)}`.replace(/0+$/, "");
  }

  /** One word for a shell, as Python's shlex.quote has it; no name holds a control character. */
  const quoted = (word) =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;

  function command({ keys }, steps) {
    const moved = keys.filter((key, at) => steps[at] !== key.steps);
    if (!moved.length) return null;
    const words = moved.map(
      (key) => `${key.name}=${numberText(steps[keys.indexOf(key)], key.steps_in_one)}`,
    );
    return ["coefgate", "try", ...words.map(quoted), "--write"].join(" ");
  }

  /** registry.numbers.limits_of: overheads of a category rise with the complexity. */
  function limits({ keys, place, data }, name, steps) {
    const at = place.get(name);
    let [low, high] = keys[at].ends;
    for (const ladder of data.ladders.filter((one) => one.includes(at))) {
      const here = ladder.indexOf(at);
      low = Math.max(low, ...ladder.slice(0, here).map((key) => steps[key]));
      high = Math.min(high, ...ladder.slice(here + 1).map((key) => steps[key]));
    }
    return [low, high];
  }

  // --- Green ranges. The command asks whatif/ranges.py on a grid; here every number is decided.
  //
  // A prediction never falls while one number rises. So neither do ratios and their quantiles, and
  // each call is missed up to one number: their turns are found by halving. SMAPE and the estimate
  // of underestimation may rise and fall; between two numbers they lie within bounds that follow
  // from both ends, and where these do not decide the stretch is halved.

  function* green(model, name, steps, { budget = 8 } = {}) {
    const search = new Search(model, name, steps, budget);
    const all = limits(model, name, steps);
    if (!search.complete.length) return [];
    const [low, high, sure] = yield* search.turns(all);
    const found = [];
    for (const [from, to] of yield* search.settled([low, high], SMAPE_ENDS)) {
      if (from < sure) {
        const upper = Math.min(to, sure - 1);
        found.push(...(yield* search.settled([from, upper], RATE_ENDS)));
      }
      if (to >= sure) found.push([Math.max(from, sure), to]);
    }
    return merged(found);
  }

  /** Ranges that touch each other as one; they rise. */
  function merged(ranges) {
    const found = [];
    for (const [from, to] of ranges) {
      const last = found[found.length - 1];
      if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
      else found.push([from, to]);
    }
    return found;
  }

  class Search {
    constructor(model, name, steps, budget) {
      this.model = model;
      this.steps = [...steps];
      this.key = model.place.get(name);
      this.budget = budget;
      this.until = performance.now() + budget;
      this.complete = model.everyone.filter((call) => !model.cutOff[call]);
      this.cutOff = model.everyone.filter((call) => model.cutOff[call]);
      this.needed = picked(model.actual, this.complete);
    }

    limit(rule) {
      return this.model.limits.find((one) => one.rule === rule);
    }

    *pause() {
      if (performance.now() < this.until) return;
      yield;
      this.until = performance.now() + this.budget;
    }

    tokens(value) {
      this.steps[this.key] = value;
      return predict(this.model, this.steps);
    }

    /** The first number from which on something holds; one beyond `high` where it never does. */
    *first([low, high], holds) {
      let [from, to] = [low, high + 1];
      while (from < to) {
        const middle = Math.floor((from + to) / 2);
        if (holds(this.tokens(middle))) to = middle;
        else from = middle + 1;
        yield* this.pause();
      }
      return from;
    }

    /** What is left by the rules that turn once at each limit, and where the estimate is due. */
    *turns([low, high]) {
      const { model } = this;
      const ratio = (ranks) => (tokens) => {
        const [first, second] = ratiosAt(picked(tokens, this.complete), this.needed, ranks);
        return mean(first, second);
      };
      const count = this.complete.length;
      const tail = rank(count, 9, 10);
      const median = ratio(middleRanks(count));
      const [least, most] = this.limit("waste-band").bounds;
      const [highest] = this.limit("waste-p90").bounds;
      const p90 = ratio([tail, tail]);
      const above = (figure, limit) => (tokens) => side(figure(tokens), limit) > 0;
      const enough = (tokens) => side(median(tokens), least) >= 0;
      const last = (yield* this.first([low, high], above(median, most))) - 1;
      const upper = (yield* this.first([low, last], above(p90, highest))) - 1;
      const lower = yield* this.first([low, upper], enough);
      const limit = this.limit("underestimation");
      const everyone = model.everyone.length;
      const meets = (calls, among) => (tokens) => {
        const misses = calls + among.filter((call) => isMissed(model, tokens, call)).length;
        return !isBeyond(limit, fraction(misses, everyone));
      };
      const from = yield* this.first([lower, upper], meets(0, model.everyone));
      const sure = yield* this.first([from, upper], meets(this.cutOff.length, this.complete));
      const isHidden = isOver(this.cutOff.length, everyone, model.data.most_cut_off);
      return [isHidden ? sure : from, upper, sure];
    }

    /** The numbers within a range for which a rule passes, as ranges. */
    *settled([low, high], { end, holds, decide }) {
      if (low > high) return [];
      const found = [];
      const open = [[end(this, low), end(this, high)]];
      while (open.length) {
        const [left, right] = open.pop();
        const decided = decide(this, left, right);
        if (decided) {
          found.push([left.value, right.value]);
        } else if (decided === null && right.value - left.value > 1) {
          const middle = end(this, Math.floor((left.value + right.value) / 2));
          open.push([middle, right], [left, middle]);
        } else if (decided === null) {
          found.push(...[left, right].filter((one) => holds(this, one)).map(({ value }) => [value, value]));
        }
        yield* this.pause();
      }
      return merged(found);
    }
  }

  /** The entries of a column at these calls. */
  function picked(column, calls) {
    const found = new column.constructor(calls.length);
    for (let at = 0; at < calls.length; at += 1) found[at] = column[calls[at]];
    return found;
  }

  const isMissed = ({ actual, cutOff }, tokens, call) => actual[call] + cutOff[call] > tokens[call];

  /** Between two numbers SMAPE of a call is largest at one of them, and nothing where it hits. */
  const SMAPE_ENDS = {
    end(search, value) {
      const tokens = search.tokens(value);
      const predicted = picked(tokens, search.complete);
      return { value, predicted, errors: smapes(predicted, search.needed) };
    },
    /** Does a sum of millionths miss the limit? */
    misses(search, total) {
      return isBeyond(search.limit("smape"), fraction(total, search.complete.length * MILLION));
    },
    holds: (search, { errors }) => !SMAPE_ENDS.misses(search, sum(errors)),
    decide(search, left, right) {
      let [least, most] = [0, 0];
      for (let at = 0; at < search.needed.length; at += 1) {
        const [one, other, needed] = [left.errors[at], right.errors[at], search.needed[at]];
        most += Math.max(one, other);
        const isBetween = left.predicted[at] < needed && needed < right.predicted[at];
        if (!isBetween) least += Math.min(one, other);
      }
      if (!SMAPE_ENDS.misses(search, most)) return true;
      return SMAPE_ENDS.misses(search, least) ? false : null;
    },
  };

  /** Between two numbers the estimate is bounded by where undecided calls stand at most, at least. */
  const RATE_ENDS = {
    end(search, value) {
      const { model } = search;
      const tokens = search.tokens(value);
      const [covered, undecided] = [search.complete, search.cutOff].map((calls) =>
        calls.filter((call) => !isMissed(model, tokens, call)),
      );
      const misses = model.everyone.length - covered.length - undecided.length;
      const ratios = needs(model, tokens, covered);
      return { value, tokens, covered: ratios, undecided, misses, isExact: areApart(model, tokens) };
    },
    holds(search, { tokens }) {
      const { model } = search;
      const found = columns(model, tokens, model.everyone);
      return !isBeyond(search.limit("underestimation"), underestimation(model.everyone.length, found));
    },
    decide(search, left, right) {
      const { model } = search;
      if (left.tokens.every((tokens, call) => tokens === right.tokens[call])) {
        return RATE_ENDS.holds(search, left);
      }
      const everyone = model.everyone.length;
      const limit = search.limit("underestimation");
      const isExact = left.isExact && right.isExact;
      const latest = needs(model, left.tokens, right.undecided);
      let most = Array.from(latest, (ratio, at) => upTo(right.covered, ratio) + at);
      // As long as one is missed, one that is undecided is not the only one at risk.
      if (left.misses) most = most.map((place) => Math.min(place, everyone - 2));
      if (!isBeyond(limit, exceedance(everyone, everyone - left.misses, most))) return true;
      const earliest = needs(model, right.tokens, left.undecided);
      const least = Array.from(earliest, (ratio, at) => upTo(left.covered, ratio, !isExact) + at);
      return isBeyond(limit, exceedance(everyone, everyone - right.misses, least)) ? false : null;
    },
  };

  /** actual ÷ predicted of some calls, rising. */
  const needs = ({ actual }, tokens, calls) =>
    quotients(picked(actual, calls), picked(tokens, calls)).sort();

  const areApart = ({ actual }, tokens) => tellsApart(tokens, actual);

  // --- The model

  function load(data) {
    const { actual, cut_off: cutOffCalls, phase } = data.calls;
    const cutOff = new Uint8Array(actual.length);
    for (const call of cutOffCalls) cutOff[call] = 1;
    const model = {
      data,
      keys: data.keys,
      place: new Map(data.keys.map((key, at) => [key.name, at])),
      actual: Float64Array.from(actual),
      cutOff,
      phase,
      everyone: Int32Array.from(actual, (_, call) => call),
      limits: data.limits.map((one) => ({
        ...one,
        bounds: one.bounds.map(([n, d]) => fraction(n, d)),
      })),
    };
    const placed = (name) => {
      if (!model.place.has(name)) throw new RangeError(`${name} is no number of this registry`);
      return model.place.get(name);
    };
    return Object.freeze({
      data,
      keys: data.keys,
      steps(moved = {}) {
        const steps = data.keys.map((key) => key.steps);
        for (const [name, one] of Object.entries(moved)) steps[placed(name)] = one;
        return steps;
      },
      limits: (name, steps) => limits(model, data.keys[placed(name)].name, steps),
      predict: (steps) => predict(model, steps),
      estimate: (call, steps) => estimate(withSteps(model, steps), call),
      measure: (tokens, dimension) => measure(model, tokens, dimension),
      green: (name, steps, options) => green(model, data.keys[placed(name)].name, steps, options),
      command: (steps) => command(model, steps),
    });
  }

  /** A figure by itself, in a form {decimals, times, unit}: 49.1, 7.9%, 1.40. */
  const figureText = (figure, form) => written(figure, form, []);

  return Object.freeze({ load, estimate, number, numberText, figureText });
})();
