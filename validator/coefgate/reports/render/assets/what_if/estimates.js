// An estimate in the words and bars that the page shows.
whatIf.estimates = (() => {
  "use strict";
  const { numbers } = whatIf;

  // `today`: the same call with today's numbers.
  function shown(found, today) {
    return {
      tokens: found.tokens,
      before: found.tokens === today.tokens ? "" : `${numbers.whole(today.tokens)} today`,
      interval: interval(found.interval),
      basis: `Basis: ${found.because}. ${measured(found.share_measured)}`,
      budgets: found.quantiles.filter(({ share }) => share >= 0.5).map(budget).reverse(),
      parts: [...parts(found), part("prediction", { from: 0, to: found.tokens, kind: "sum" })],
    };
  }

  function interval({ low, high, coverage }) {
    if (low === high && coverage === null) return "No interval is stated.";
    const ends = `Between ${numbers.whole(low)} and ${numbers.whole(high)} tokens`;
    if (coverage === null) return `${ends}; how many calls stay within it is not measured yet.`;
    return `${ends} for ${Math.round(100 * coverage)}% of unseen calls.`;
  }

  const measured = (share) =>
    `${Math.round(100 * share)}% of the tokens come from values based on stored calls.`;

  // The tokens that are enough for all calls but a share of them.
  function budget({ share, tokens }) {
    const risk = Math.round(1000 - 1000 * share) / 1000;
    const many = Math.round(1000 / (1000 - 1000 * share));
    const exact = Math.round(1000 / many) === 1000 * risk;
    const calls = exact ? `1 call in ${many}` : `${+(100 * risk).toFixed(1)}% of calls`;
    return { risk, tokens, words: `${calls} may be cut off` };
  }

  // From left to right, each part begins where the one before it ends.
  function parts({ breakdown }) {
    const { retry } = breakdown;
    const made = retry && !retry.truncated ? [] : formula(breakdown);
    return retry ? [...made, ...attempt(retry)] : made;
  }

  function formula({ overhead, deliverables, model_factor: model, margin }) {
    const found = [part("overhead", { from: 0, to: overhead })];
    let sum = overhead;
    const add = (name, tokens, more) => {
      found.push(part(name, { from: sum, to: sum + tokens, ...more }));
      sum += tokens;
    };
    for (const one of deliverables) {
      add(`${one.operation} ${one.kind}`, one.tokens, { path: one.path });
      if (one.size_bytes) {
        const bytes = numbers.whole(one.size_bytes);
        add(`its size, ${bytes} bytes`, one.size_tokens, { path: one.path });
      }
    }
    if (model !== 1) add("factor of the model", sum * (model - 1), times(model));
    if (margin !== 1) add("safety margin", sum * (margin - 1), times(margin));
    return found;
  }

  function attempt({ output_tokens: tokens, truncated, factor }) {
    const name = truncated ? "at least: cut off at" : "the previous attempt";
    const more = { from: tokens, to: tokens * factor, ...times(factor) };
    return [part(name, { from: 0, to: tokens }), part("factor of another attempt", more)];
  }

  const times = (factor) => ({ words: `× ${+factor.toFixed(3)}`, kind: "factor" });

  function part(name, { from, to, path = "", words = null, kind = "part" }) {
    const tokens = Math.abs(to - from);
    const said = words ?? new Intl.NumberFormat("en", { maximumFractionDigits: 2 }).format(tokens);
    return { name, path, kind, from: Math.min(from, to), tokens, words: said };
  }

  return { shown };
})();
