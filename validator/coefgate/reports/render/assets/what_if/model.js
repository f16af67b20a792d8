// What the arithmetic says, in the words and rows that the page shows.
whatIf.model = (data) => {
  "use strict";
  const { numbers } = whatIf;
  const model = coefgate.load(data);
  const keys = model.keys.map((key, at) => ({
    at,
    name: key.name,
    today: key.steps,
    one: key.steps_in_one,
    low: key.ends[0],
    high: key.ends[1],
  }));
  const everyone = data.calls.actual.length;
  const { forms, bases } = data.words;
  const text = (measured, name) => coefgate.figureText(measured[name], forms[name]);

  // The rows of the table of figures: the limits, and what else is worth knowing.
  function figures(steps, dimension) {
    const found = model.measure(model.predict(steps), dimension);
    return { rows: [...found.rules.map(limit), ...others(found)], kinds: found.strata.map(kind) };
  }

  const limit = (one) => ({
    id: one.rule,
    name: one.rule,
    asks: one.limit,
    status: one.status,
    value: one.value,
    text: one.told,
    detail: one.between ? one.between.join("–") : "",
  });

  function others({ figures: measured, spread, misses, undecided }) {
    const p75 = measured && measured.waste_p75;
    return [
      row("waste P75", p75 ? text(measured, "waste_p75") : "n/a", p75 ? coefgate.number(p75) : null),
      row("spread", spread === null ? "n/a" : spread.toFixed(3), spread),
      row("missed calls", numbers.whole(misses), misses),
      row("undecided calls", numbers.whole(undecided), undecided),
    ];
  }

  const row = (name, words, value) => ({ id: name, name, text: words, detail: "", value });

  function kind({ label, samples, censored, figures: measured }) {
    const calls = censored ? `${numbers.whole(samples)} + ${numbers.whole(censored)}` : samples;
    if (!measured) return { name: label, calls: String(calls), cells: ["n/a", "n/a", "n/a"] };
    const [rate, low, high] = [
      "underestimation_kaplan_meier",
      "underestimation_rate",
      "underestimation_upper",
    ].map((name) => text(measured, name));
    const missed = low === high ? rate : `${rate} (${low}–${high})`;
    const cells = [text(measured, "smape_mean"), missed, text(measured, "waste_median")];
    return { name: label, calls: String(calls), cells };
  }

  // How many predictions would be others with a larger number at this place, or a smaller.
  function dependents(at, steps) {
    const now = model.predict(steps);
    const [low, high] = [keys[at].low, keys[at].high];
    const there = [low, high].map((one) => model.predict(steps.with(at, one)));
    return now.reduce((count, one, call) => count + there.some((other) => other[call] !== one), 0);
  }

  function dependentWords(count) {
    if (!everyone) return "No call is stored yet.";
    if (!count) return "No number here changes a prediction, so no figure moves.";
    return `Another number here would change ${numbers.whole(count)} of ${numbers.whole(everyone)} predictions.`;
  }

  function estimate(call, steps) {
    const found = model.estimate(call, steps);
    return { ...found, because: bases[found.basis] };
  }

  return {
    keys,
    figures,
    dependents,
    dependentWords,
    green: (at, steps, budget) => model.green(keys[at].name, steps, { budget }),
    command: (steps) => model.command(steps) ?? "",
    estimate,
  };
};
