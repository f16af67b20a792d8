// Numbers of the registry as people write and read them. Inside, each is a whole count of its
// smallest steps: tokens, or thousandths of a factor.
whatIf.numbers = (() => {
  "use strict";

  // As `coefgate try` reads them: 1800, 1,800 and 1_800, and 1.25.
  const PLAIN = /^(0|[1-9][0-9]{0,2}(?:[,_][0-9]{3})+|[1-9][0-9]{0,11})(?:\.([0-9]{1,12}))?$/;
  const DECIMALS = 3;
  const LONGEST = 40;

  const grouped = new Intl.NumberFormat("en", { useGrouping: true, maximumFractionDigits: 0 });
  const whole = (count) => grouped.format(count);

  // As it is written in YAML, and in a command: 1800, 1.25.
  const written = (key, steps) => coefgate.numberText(steps, key.one);

  // As it is read: 1,800.
  const shown = (key, steps) => (key.one === 1 ? whole(steps) : written(key, steps));

  const unit = (key) => (key.one === 1 ? "tokens" : "factor");
  const withUnit = (key, steps) =>
    key.one === 1 ? `${shown(key, steps)} tokens` : `factor ${shown(key, steps)}`;
  const range = (key) => `${shown(key, key.low)} to ${shown(key, key.high)}`;

  // The steps that a text says, or the problem with it: what was found and what is allowed.
  function parsed(key, text) {
    const trimmed = text.trim();
    const found = PLAIN.exec(trimmed);
    if (!trimmed) return problem(`Type a number from ${range(key)}.`);
    if (!found) return problem(`“${shortened(trimmed)}” is not a number from ${range(key)}.`);
    const decimals = (found[2] ?? "").replace(/0+$/, "");
    if (decimals && key.one === 1) return problem("Tokens are whole numbers.");
    if (decimals.length > DECIMALS) return problem("A factor has at most three decimals.");
    const fraction = key.one === 1 ? 0 : Number(decimals.padEnd(DECIMALS, "0"));
    const steps = Number(found[1].replace(/[,_]/g, "")) * key.one + fraction;
    if (steps < key.low || steps > key.high) {
      return problem(`${shortened(trimmed)} is out of range: allowed is ${range(key)}.`);
    }
    return { steps };
  }

  const problem = (words) => ({ problem: words });

  function shortened(text) {
    const letters = Array.from(text);
    return letters.length > LONGEST ? `${letters.slice(0, LONGEST).join("")}…` : text;
  }

  // What a slider spans: a sensible stretch around today's number and the present one.
  function visible(key, steps) {
    const most = Math.max(3 * key.today, 1.25 * steps, 1000);
    const high = Math.min(key.high, rounded(most));
    return { low: key.low, high, coarse: Math.max(1, rounded((high - key.low) / 400)) };
  }

  // The next of 1, 2, 2.5, 5 times a power of ten.
  function rounded(number) {
    const power = 10 ** Math.floor(Math.log10(Math.max(number, 1)));
    const times = [1, 2, 2.5, 3, 4, 5, 6, 8, 10].find((one) => one * power >= number - 1e-9);
    return Math.ceil(times * power);
  }

  // +10%, −5%: how far a number is from today's.
  function change(key, steps) {
    if (!key.today) return "";
    const percent = ((steps - key.today) / key.today) * 100;
    const digits = Math.abs(percent) < 9.95 ? 1 : 0;
    return `${percent < 0 ? "−" : "+"}${Math.abs(percent).toFixed(digits)}%`;
  }

  const changes = (count) => (count === 1 ? "1 change" : `${count} changes`);

  return { changes, whole, written, shown, unit, withUnit, parsed, visible, change, shortened };
})();
