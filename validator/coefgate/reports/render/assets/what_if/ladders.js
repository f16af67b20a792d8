// Numbers that rise with the complexity: where one is above the next, the registry is not valid.
whatIf.ladders = (keys, ladders) => {
  "use strict";

  // Neighbours of which the lower one has the larger number.
  function conflicts(steps) {
    return ladders.flatMap((ladder) =>
      ladder
        .slice(1)
        .map((upper, at) => ({ lower: keys[ladder[at]], upper: keys[upper] }))
        .filter(({ lower, upper }) => steps[lower.at] > steps[upper.at]),
    );
  }

  // The numbers that the others of its ladder need so that `key` may stay where it is.
  function following(key, steps) {
    const ladder = ladders.find((one) => one.includes(key.at)) ?? [];
    const place = ladder.indexOf(key.at);
    const limit = steps[key.at];
    return ladder
      .filter((at, other) => (other < place ? steps[at] > limit : steps[at] < limit))
      .map((at) => [at, limit]);
  }

  return { conflicts, following };
};
