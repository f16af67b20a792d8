// What was changed: numbers by the place of their key, with all that was before and after.
whatIf.changes = (keys, listener) => {
  "use strict";

  let present = new Map();
  let past = [];
  let future = [];
  let gesture = null;

  const steps = () => keys.map((key, at) => present.get(at) ?? key.today);
  const of = (at) => present.get(at) ?? keys[at].today;

  function put(next, same = null) {
    if (equal(next, present)) return;
    if (same === null || same !== gesture) past.push(present);
    gesture = same;
    future = [];
    present = next;
    listener();
  }

  // `same`: what belongs to one movement of a hand, which is undone in one step.
  function set(numbers, same = null) {
    const next = new Map(present);
    for (const [at, number] of numbers) {
      if (number === keys[at].today) next.delete(at);
      else next.set(at, number);
    }
    put(next, same);
  }

  function step(from, to) {
    if (!from.length) return false;
    to.push(present);
    present = from.pop();
    gesture = null;
    listener();
    return true;
  }

  function equal(one, other) {
    return one.size === other.size && [...one].every(([at, number]) => other.get(at) === number);
  }

  return {
    steps,
    of,
    set,
    list: () => [...present].map(([at, number]) => ({ at, key: keys[at], steps: number })),
    rest: () => (gesture = null),
    remove: (at) => set([[at, keys[at].today]]),
    reset: () => put(new Map()),
    replace: (numbers) => put(new Map(numbers.filter(([at, one]) => one !== keys[at].today))),
    undo: () => step(past, future),
    redo: () => step(future, past),
    canUndo: () => past.length > 0,
    canRedo: () => future.length > 0,
  };
};
