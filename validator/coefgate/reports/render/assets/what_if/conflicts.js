// Numbers that fall with the complexity: said, with a button that moves the others along.
whatIf.conflicts = (keys, ladders, changes) => {
  "use strict";
  const { dom, numbers } = whatIf;
  const place = dom.byId("wi-conflicts");
  const NO_ESTIMATE =
    "No estimate: the changed values are not a valid registry. Resolve the conflict under Change values.";

  // Neighbours of which the lower one has the larger number.
  function find(steps) {
    return ladders.flatMap((ladder) =>
      ladder
        .slice(1)
        .map((upper, at) => ({ lower: keys[ladder[at]], upper: keys[upper] }))
        .filter(({ lower, upper }) => steps[lower.at] > steps[upper.at]),
    );
  }

  // The numbers that the others of its ladder need so that `key` may stay where it is.
  function following(key, steps) {
    const ladder = ladders.find((one) => one.includes(key.at));
    const rank = ladder.indexOf(key.at);
    const limit = steps[key.at];
    return ladder
      .filter((at, other) => (other < rank ? steps[at] > limit : steps[at] < limit))
      .map((at) => [at, limit]);
  }

  function show(found) {
    const head = dom.byId("wi-head");
    dom.keepFocus(place, head, () => place.replaceChildren(...found.map(explained)));
    place.hidden = !found.length;
  }

  function explained({ lower, upper }) {
    const steps = changes.steps();
    const moved = changes.list().map((one) => one.key);
    const stays = moved.includes(lower) ? lower : upper;
    const follow = () => changes.set(following(stays, changes.steps()));
    return dom.element(
      "li",
      {},
      dom.code(lower.name),
      ` is ${numbers.shown(lower, steps[lower.at])}, above `,
      dom.code(upper.name),
      ` at ${numbers.shown(upper, steps[upper.at])}; numbers rise with the complexity. `,
      dom.button("Move the others along", follow),
    );
  }

  return { find, show, NO_ESTIMATE };
};
