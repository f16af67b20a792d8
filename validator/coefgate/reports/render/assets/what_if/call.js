// One call as a person describes it: paths in lines, spelled as `coefgate estimate` takes them.
// `schema`: of the path of one file; an expression in it is read as a schema's, by characters.
whatIf.call = (schema) => {
  "use strict";
  const { numbers } = whatIf;

  const OPERATIONS = ["create", "modify", "unknown"];
  const BYTES = /^[0-9]{1,15}$/;
  const MOST_LINES = 200;
  const MOST_TOKENS = 1_000_000;
  const PATH = new RegExp(schema.pattern, "u");
  const NO_PATH = new RegExp(schema.not.pattern, "u");

  function deliverables(text) {
    const lines = text.split(/\r?\n/).map((line, at) => [bare(line), at + 1]);
    const named = lines.filter(([line]) => line);
    if (named.length > MOST_LINES) return { problems: [`At most ${MOST_LINES} paths.`] };
    const taken = new Set();
    const found = named.map(([line, at]) => deliverable(line, at, taken));
    return {
      deliverables: found.filter((one) => !one.problem),
      problems: found.filter((one) => one.problem).map((one) => one.problem),
    };
  }

  // What separates words for a shell goes; any other space is a part of a name.
  const bare = (line) => line.replace(/^[ \t]+|[ \t]+$/g, "");

  function isFilePath(path) {
    return [...path].length <= schema.maxLength && PATH.test(path) && !NO_PATH.test(path);
  }

  function deliverable(line, at, taken) {
    const found = spelled(line, at);
    const { path } = found;
    if (found.problem) return found;
    if (!isFilePath(path)) {
      const how = "with / between folders and without .., such as create:docs/guide.md";
      const what = "is not the path of one file in a workspace; write it relative to the workspace";
      return wrong(at, path, `${what}, ${how}`);
    }
    if (taken.has(path)) return wrong(at, path, "is named twice; name each file once");
    taken.add(path);
    return found;
  }

  // OPERATION:PATH or PATH; a size in bytes stands behind the operation: modify@2048:README.md
  function spelled(line, at) {
    const colon = line.indexOf(":");
    if (colon < 0) return { path: line, operation: "unknown", bytes_before: null };
    const [operation, size] = parts(line.slice(0, colon));
    const path = line.slice(colon + 1);
    if (!OPERATIONS.includes(operation)) {
      return wrong(at, line, "begins with no operation; write create:, modify: or unknown:");
    }
    if (!path) return wrong(at, line, "names no path, such as create:docs/guide.md");
    if (size !== null && (operation === "create" || !BYTES.test(size))) {
      return wrong(at, line, "states no size; write bytes, as in modify@2048:README.md");
    }
    return { path, operation, bytes_before: size === null ? null : Number(size) };
  }

  function parts(word) {
    const at = word.indexOf("@");
    return at < 0 ? [word, null] : [word.slice(0, at), word.slice(at + 1)];
  }

  const wrong = (at, line, words) => ({
    problem: `Line ${at}: “${numbers.shortened(line)}” ${words}.`,
  });

  // What the attempt before wrote, or the problem with it; nothing where there was none.
  function attempt(text, truncated) {
    const trimmed = text.trim().replace(/[,_]/g, "");
    if (!trimmed) return { previous: null };
    const tokens = /^[0-9]{1,9}$/.test(trimmed) ? Number(trimmed) : 0;
    if (tokens < 1 || tokens > MOST_TOKENS) {
      const most = numbers.whole(MOST_TOKENS);
      return { problem: `The previous attempt must have from 1 to ${most} tokens.` };
    }
    return { previous: { output_tokens: tokens, truncated } };
  }

  return { deliverables, attempt };
};
