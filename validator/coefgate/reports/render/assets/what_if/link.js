// A link that holds the changes: #try:docs.low=1800&margin.default=1.25
whatIf.link = (() => {
  "use strict";
  const { numbers } = whatIf;

  const BEGIN = "#try:";
  const MOST_TEXT = 20_000;
  const MOST_NAMED = 5;

  const isOurs = (hash) => hash.startsWith(BEGIN);

  function written(changes) {
    if (!changes.length) return "";
    const parts = changes.map(
      ({ key, steps }) => `${encodeURIComponent(key.name)}=${numbers.written(key, steps)}`,
    );
    return BEGIN + parts.join("&");
  }

  // The numbers that a link holds, and a sentence for each part that is none.
  function read(hash, keys) {
    if (hash.length > MOST_TEXT) return { numbers: [], problems: ["The link is too long."] };
    const found = new Map();
    const problems = [];
    for (const part of hash.slice(BEGIN.length).split("&").filter(Boolean)) {
      const one = readPart(part, keys);
      if (one.problem) problems.push(one.problem);
      else if (found.has(one.at)) problems.push(`${keys[one.at].name} is given twice.`);
      else found.set(one.at, one.steps);
    }
    return { numbers: [...found], problems: few(problems) };
  }

  function readPart(part, keys) {
    const text = decoded(part);
    const equals = text === null ? -1 : text.lastIndexOf("=");
    if (equals < 1) return problem(`“${numbers.shortened(part)}” is not NAME=VALUE.`);
    const name = text.slice(0, equals);
    const at = keys.findIndex((key) => key.name === name);
    if (at < 0) return problem(`This registry has no value “${numbers.shortened(name)}”.`);
    const found = numbers.parsed(keys[at], text.slice(equals + 1));
    return found.problem ? problem(`${name}: ${found.problem}`) : { at, steps: found.steps };
  }

  const problem = (words) => ({ problem: words });

  function decoded(text) {
    try {
      return decodeURIComponent(text);
    } catch {
      return null;
    }
  }

  function few(problems) {
    const more = problems.length - MOST_NAMED;
    return more > 0 ? [...problems.slice(0, MOST_NAMED), `And ${more} more.`] : problems;
  }

  return { isOurs, written, read };
})();
